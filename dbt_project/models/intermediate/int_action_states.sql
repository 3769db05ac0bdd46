-- An action in a counted period: one word for where it stands, and what changed since the period before.
-- A silent period is a state of its own; what an action was before is asked of its last known period.
with standing as (
    select
        reported.org_id,
        reported.lea_id,
        reported.school_year,
        reported.period,
        numbered.period_no,
        reported.strategy_code,
        reported.milestone_code,
        reported.action_code,
        reported.due_on,
        reported.status,
        reported.percent_complete,
        reported.is_due,
        reported.is_on_time,
        case
            when not reported.is_planned then 'discontinued'
            when not reported.is_reported then 'not_reported'
            when reported.is_completed then 'completed'
            when reported.is_behind then 'behind'
            else reported.status
        end as state
    from {{ ref('fct_action_status') }} as reported
    inner join {{ ref('int_organization_sequence') }} as numbered
        on reported.org_id = numbered.org_id and reported.period = numbered.period
),

compared as (
    select
        *,
        lag(state) over of_action as known_state_before,
        lag(status) over of_action as known_status_before,
        lag(percent_complete) over of_action as known_percent_before,
        lag(is_due) over of_action as was_due
    from standing
    where state <> 'not_reported'
    window of_action as (partition by org_id, school_year, action_code order by period)
    union all
    select
        *,
        null as known_state_before,
        null as known_status_before,
        null as known_percent_before,
        null as was_due
    from standing
    where state = 'not_reported'
),

placed as (
    select
        *,
        lag(state) over of_action as state_before,
        lag(period_no) over of_action as period_no_before,
        lag(due_on) over of_action as due_on_before
    from compared
    window of_action as (partition by org_id, school_year, action_code order by period)
)

select
    org_id,
    lea_id,
    school_year,
    period,
    period_no,
    strategy_code,
    milestone_code,
    action_code,
    state,
    state_before,
    known_state_before,
    due_on,
    due_on_before,
    coalesce(due_on_before <> due_on, false) as is_due_moved,
    is_due and not coalesce(was_due, false) as is_newly_due,
    is_due and not coalesce(was_due, false) and is_on_time as is_newly_due_on_time,
    state = 'behind' and coalesce(known_state_before, '') <> 'behind' as is_slip,
    state not in ('completed', 'discontinued', 'not_reported')
    and coalesce(known_state_before in ('completed', 'discontinued'), false) as is_reopened,
    state = 'behind'
    or (
        state = 'in_progress'
        and coalesce(known_status_before in ('in_progress', 'delayed'), false)
        and coalesce(known_percent_before = percent_complete, false)
    ) as is_stuck,
    coalesce(state <> state_before or period_no <> period_no_before + 1, true) as is_start_of_run,
    -- a run ends where the state changes, or where the action was missing from the plan for a period
    sum(
        case when coalesce(state <> state_before or period_no <> period_no_before + 1, true) then 1 else 0 end
    )
        over (
            partition by org_id, school_year, action_code order by period
            rows between unbounded preceding and current row
        ) as run_no
from placed
