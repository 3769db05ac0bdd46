-- Every plan against every criterion that applies to it. What each criterion looks at, item by item, is in
-- the int_plan_items models; here the items are counted and the first of those that fail are named.
{% set shown = 20 %}
with items as (
    {% for part in ['direction', 'needs', 'strategies', 'work'] %}
        select org_id, school_year, criterion_id, item_code, is_met, submission_id, source_sheet, source_row
        from {{ ref('int_plan_items__' ~ part) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

counts as (
    select
        org_id,
        school_year,
        criterion_id,
        count(*) as n_items,
        count(*) filter (where not is_met) as n_failing
    from items
    group by org_id, school_year, criterion_id
),

-- in the order of the sheet that they stand in
failing as (
    select
        org_id,
        school_year,
        criterion_id,
        item_code,
        submission_id,
        source_sheet,
        source_row,
        row_number() over (
            partition by org_id, school_year, criterion_id
            order by coalesce(source_row, 0), item_code nulls last
        ) as place
    from items
    where not is_met
),

named as (
    select
        org_id,
        school_year,
        criterion_id,
        {{ joined_texts('item_code', ', ', 'place') }} as failing_items,
        max(case when place = 1 then item_code end) as first_failing_item,
        max(case when place = 1 then submission_id end) as submission_id,
        max(case when place = 1 then source_sheet end) as source_sheet,
        max(case when place = 1 then source_row end) as source_row
    from failing
    where place <= {{ shown }}
    group by org_id, school_year, criterion_id
)

select
    plan.org_id,
    plan.lea_id,
    plan.org_level,
    plan.school_year,
    criterion.criterion_id,
    criterion.criterion_title,
    replace(criterion.asks, '{threshold}', coalesce(cast(criterion.threshold as string), '')) as asks,
    criterion.part,
    cast(criterion.weight as bigint) as weight,
    criterion.is_heuristic,
    case
        when criterion.applies_to not in ('all', plan.org_level) then 'not_applicable'
        when counts.n_items is null then 'not_applicable'
        when counts.n_failing = 0 then 'met'
        when criterion.needed = 'one' and counts.n_failing < counts.n_items then 'met'
        else 'not_met'
    end as outcome,
    case
        when criterion.applies_to in ('all', plan.org_level) then coalesce(counts.n_items, 0) else 0
    end as n_items,
    case
        when criterion.applies_to in ('all', plan.org_level) then coalesce(counts.n_failing, 0) else 0
    end as n_failing,
    case
        when criterion.applies_to in ('all', plan.org_level)
            then named.failing_items || case
                when counts.n_failing > {{ shown }}
                    then ' and ' || cast(counts.n_failing - {{ shown }} as string) || ' more'
                else ''
            end
    end as failing_items,
    case
        when criterion.applies_to in ('all', plan.org_level) then named.first_failing_item
    end as first_failing_item,
    case when criterion.applies_to in ('all', plan.org_level) then named.submission_id end as submission_id,
    case when criterion.applies_to in ('all', plan.org_level) then named.source_sheet end as source_sheet,
    case when criterion.applies_to in ('all', plan.org_level) then named.source_row end as source_row
from {{ ref('int_plan_years') }} as plan
cross join {{ ref('plan_criteria') }} as criterion
left join counts
    on
        plan.org_id = counts.org_id
        and plan.school_year = counts.school_year
        and criterion.criterion_id = counts.criterion_id
-- on the key alone: a condition on the criterion here would have every pair of rows compared
left join named
    on
        plan.org_id = named.org_id
        and plan.school_year = named.school_year
        and criterion.criterion_id = named.criterion_id
