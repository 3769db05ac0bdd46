-- Step two of the cycle: the needs assessment, root causes, and the priorities drawn from them.
with thresholds as (
    select criterion_id, threshold
    from {{ ref('plan_criteria') }}
),

empty_words as (
    select pattern as word
    from {{ ref('plan_text_rules') }}
    where rule = 'placeholder'
),

needs as (
    select
        need.*,
        practice.domain_code,
        coalesce({{ plain_text('need.evidence') }}, '') <> '' and word.word is null as has_evidence
    from {{ ref('int_plan__needs') }} as need
    left join {{ ref('dim_practice') }} as practice on need.practice_code = practice.practice_code
    left join empty_words as word on {{ plain_text('need.evidence') }} = word.word
),

chains as (
    select distinct org_id, school_year, need_item_no
    from {{ ref('int_plan__root_causes') }}
),

-- texts are compared without case, outer blanks and a last full stop
actionable as (
    select distinct
        org_id,
        school_year,
        {{ cause_text('cause') }} as cause
    from {{ ref('int_plan__root_causes') }}
    where is_actionable
),

with_strategy as (
    select distinct
        org_id,
        school_year,
        {{ parent_code('strategy_code') }} as priority_no
    from {{ ref('int_plan__strategies') }}
),

priorities as (
    select
        priority.org_id,
        priority.school_year,
        priority.priority_no,
        priority.submission_id,
        priority.source_sheet,
        priority.source_row,
        row_number() over (
            partition by priority.org_id, priority.school_year
            order by priority.source_row, priority.priority_no
        ) as place,
        actionable.cause is not null as answers_a_cause,
        with_strategy.priority_no is not null as has_strategy
    from {{ ref('int_plan__priorities') }} as priority
    left join actionable
        on
            priority.org_id = actionable.org_id
            and priority.school_year = actionable.school_year
            and {{ cause_text('priority.root_cause') }} = actionable.cause
    left join with_strategy
        on
            priority.org_id = with_strategy.org_id
            and priority.school_year = with_strategy.school_year
            and priority.priority_no = with_strategy.priority_no
),

counted as (
    select
        plan.org_id,
        plan.school_year,
        plan.submission_id,
        plan.source_sheet,
        plan.source_row,
        'priorities_stated' as criterion_id,
        count(priorities.priority_no) as n_items
    from {{ ref('int_plan_years') }} as plan
    left join priorities on plan.org_id = priorities.org_id and plan.school_year = priorities.school_year
    group by plan.org_id, plan.school_year, plan.submission_id, plan.source_sheet, plan.source_row
    union all
    select
        plan.org_id,
        plan.school_year,
        plan.submission_id,
        plan.source_sheet,
        plan.source_row,
        'needs_elements' as criterion_id,
        count(needs.item_no) as n_items
    from {{ ref('int_plan_years') }} as plan
    left join needs
        on plan.org_id = needs.org_id and plan.school_year = needs.school_year and needs.kind = 'element'
    group by plan.org_id, plan.school_year, plan.submission_id, plan.source_sheet, plan.source_row
),

-- what the assessment must hold: the four domains, the four kinds
wanted as (
    select 'needs_four_domains' as criterion_id, domain_code as item_code
    from {{ ref('domains') }}
    union all
    select 'needs_four_kinds' as criterion_id, kind as item_code
    from {{ ref('needs_kinds') }}
    where kind <> 'element'
),

held as (
    select distinct org_id, school_year, 'needs_four_domains' as criterion_id, domain_code as item_code
    from needs
    union all
    select distinct org_id, school_year, 'needs_four_kinds' as criterion_id, kind as item_code
    from needs
)

select
    counted.org_id,
    counted.school_year,
    counted.criterion_id,
    'plan' as item_code,
    counted.n_items >= thresholds.threshold as is_met,
    counted.submission_id,
    counted.source_sheet,
    counted.source_row
from counted
inner join thresholds on counted.criterion_id = thresholds.criterion_id
union all
select
    plan.org_id,
    plan.school_year,
    wanted.criterion_id,
    wanted.item_code,
    held.item_code is not null as is_met,
    plan.submission_id,
    plan.source_sheet,
    plan.source_row
from {{ ref('int_plan_years') }} as plan
cross join wanted
left join held
    on
        plan.org_id = held.org_id
        and plan.school_year = held.school_year
        and wanted.criterion_id = held.criterion_id
        and wanted.item_code = held.item_code
union all
select
    org_id,
    school_year,
    'needs_evidence' as criterion_id,
    'item ' || cast(item_no as string) as item_code,
    has_evidence as is_met,
    submission_id,
    source_sheet,
    source_row
from needs
where kind <> 'element'
union all
select
    needs.org_id,
    needs.school_year,
    'weaknesses_root_cause' as criterion_id,
    'item ' || cast(needs.item_no as string) as item_code,
    chains.need_item_no is not null as is_met,
    needs.submission_id,
    needs.source_sheet,
    needs.source_row
from needs
left join chains
    on
        needs.org_id = chains.org_id
        and needs.school_year = chains.school_year
        and needs.item_no = chains.need_item_no
where needs.kind = 'weakness'
union all
select
    priorities.org_id,
    priorities.school_year,
    thresholds.criterion_id,
    priorities.priority_no as item_code,
    priorities.place <= thresholds.threshold as is_met,
    priorities.submission_id,
    priorities.source_sheet,
    priorities.source_row
from priorities
inner join thresholds on thresholds.criterion_id = 'priorities_few'
{% for criterion, met in [
    ('priorities_root_cause', 'answers_a_cause'), ('priorities_strategies', 'has_strategy')
] %}
    union all
    select
        org_id,
        school_year,
        '{{ criterion }}' as criterion_id,
        priority_no as item_code,
        {{ met }} as is_met,
        submission_id,
        source_sheet,
        source_row
    from priorities
{% endfor %}
