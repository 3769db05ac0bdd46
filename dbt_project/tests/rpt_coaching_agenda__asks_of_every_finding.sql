{{ config(meta={'dagster': {'ref': {'name': 'rpt_coaching_agenda'}}}) }}
-- What: a trigger that the agenda raised for more or fewer items than the mart it comes from holds.
-- Why: a join that drops or doubles findings leaves an agenda that looks right and does not ask.
-- Fix: compare the trigger's branch in int_coaching__work, int_coaching__followed or int_coaching__year.
with raised as (
    select trigger_id, sum(n_raised) as n_raised
    from (
        -- a trigger may have several questions
        select distinct org_id, quarter_id, trigger_id, n_raised
        from {{ ref('rpt_coaching_agenda') }}
    ) as raised_once
    group by trigger_id
),

found as (
    select 'milestone_behind' as trigger_id, count(*) filter (where is_behind) as n_found
    from {{ ref('fct_milestone_quarter') }}
    union all
    select 'done_not_working' as trigger_id, count(*) as n_found
    from {{ ref('rpt_interlaced') }}
    where code_level = 'practice' and quadrant = 'done_not_working'
    union all
    select 'silent_months' as trigger_id, count(*) as n_found
    from (
        select distinct org_id, quarter_id
        from {{ ref('int_organization_periods') }}
        where not is_reported
    ) as silent_quarters
    union all
    select
        case
            when part = 'direction' then 'plan_direction_gap'
            when part in ('needs', 'priorities') then 'plan_needs_gap'
            else 'plan_work_gap'
        end as trigger_id,
        count(*) as n_found
    from {{ ref('rpt_plan_quality') }} as judged
    where
        outcome = 'not_met'
        and exists (
            select 1
            from {{ ref('int_coaching_quarters') }} as quarters
            where quarters.org_id = judged.org_id and quarters.school_year = judged.school_year
        )
    group by
        case
            when part = 'direction' then 'plan_direction_gap'
            when part in ('needs', 'priorities') then 'plan_needs_gap'
            else 'plan_work_gap'
        end
)

select found.trigger_id, found.n_found, raised.n_raised
from found
left join raised on found.trigger_id = raised.trigger_id
where found.n_found <> coalesce(raised.n_raised, 0)
