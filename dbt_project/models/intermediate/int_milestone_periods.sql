-- A milestone in a period: its own statement beside the states of its actions. A milestone that only
-- its actions' codes name is kept, without a due date.
with action_counts as (
    select
        org_id,
        period,
        milestone_code,
        count(*) as n_actions,
        count(*) filter (where is_planned) as n_planned,
        count(*) filter (where is_planned and not is_reported) as n_not_reported,
        count(*) filter (where is_completed) as n_completed,
        count(*) filter (where is_due) as n_due,
        count(*) filter (where is_on_time) as n_on_time,
        count(*) filter (where is_due and is_on_time) as n_due_on_time,
        count(*) filter (where is_behind) as n_behind,
        count(*) filter (where not is_planned) as n_discontinued
    from {{ ref('fct_action_status') }}
    group by org_id, period, milestone_code
),

stated as (
    select
        organization_period.org_id,
        organization_period.period,
        milestone.milestone_code,
        milestone.due_on
    from {{ ref('int_organization_periods') }} as organization_period
    inner join {{ ref('int_standing__milestones') }} as milestone
        on
            organization_period.org_id = milestone.org_id
            and organization_period.milestones_period = milestone.period
),

joined as (
    select
        coalesce(stated.org_id, action_counts.org_id) as org_id,
        coalesce(stated.period, action_counts.period) as period,
        coalesce(stated.milestone_code, action_counts.milestone_code) as milestone_code,
        stated.due_on,
        coalesce(action_counts.n_actions, 0) as n_actions,
        coalesce(action_counts.n_planned, 0) as n_planned,
        coalesce(action_counts.n_not_reported, 0) as n_not_reported,
        coalesce(action_counts.n_completed, 0) as n_completed,
        coalesce(action_counts.n_due, 0) as n_due,
        coalesce(action_counts.n_on_time, 0) as n_on_time,
        coalesce(action_counts.n_due_on_time, 0) as n_due_on_time,
        coalesce(action_counts.n_behind, 0) as n_behind,
        coalesce(action_counts.n_discontinued, 0) as n_discontinued
    from stated
    full outer join action_counts
        on
            stated.org_id = action_counts.org_id
            and stated.period = action_counts.period
            and stated.milestone_code = action_counts.milestone_code
)

select
    joined.org_id,
    organization_period.lea_id,
    organization_period.school_year,
    joined.period,
    organization_period.quarter_id,
    organization_period.semester_id,
    {{ parent_code('joined.milestone_code') }} as strategy_code,
    joined.milestone_code,
    joined.due_on,
    organization_period.is_reported,
    joined.n_actions,
    joined.n_planned,
    joined.n_not_reported,
    joined.n_completed,
    joined.n_due,
    joined.n_on_time,
    joined.n_due_on_time,
    joined.n_behind,
    joined.n_discontinued,
    organization_period.is_reported
    and joined.n_planned > 0
    and joined.n_not_reported = 0
    and joined.n_completed = joined.n_planned as is_completed,
    organization_period.is_reported
    and coalesce(joined.due_on <= organization_period.period_end, false)
    and not (
        joined.n_planned > 0 and joined.n_not_reported = 0 and joined.n_completed = joined.n_planned
    ) as is_behind
from joined
inner join {{ ref('int_organization_periods') }} as organization_period
    on
        joined.org_id = organization_period.org_id
        and joined.period = organization_period.period
