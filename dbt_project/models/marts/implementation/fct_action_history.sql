-- An action's year as runs: counted periods in a row in which it stood alike. A run ends where another
-- begins, or where the action was missing from the plan; its last run of the year has no end.
with runs as (
    select
        org_id,
        max_by(lea_id, period) as lea_id,
        school_year,
        strategy_code,
        milestone_code,
        action_code,
        run_no,
        max(state) as state,
        min(period) as valid_from_period,
        max(period) as last_period,
        count(*) as n_periods,
        max(case when is_start_of_run then state_before end) as previous_state,
        max(case when is_start_of_run then known_state_before end) as previous_known_state,
        bool_or(is_slip) as is_slip,
        bool_or(is_reopened) as is_reopened,
        count(*) filter (where is_stuck) as n_periods_stuck,
        max(case when is_start_of_run then coalesce(due_on_before, due_on) end) as due_on_from,
        max_by(due_on, period) filter (where due_on is not null) as due_on,
        count(*) filter (where is_due_moved) as n_due_moves
    from {{ ref('int_action_states') }}
    group by org_id, school_year, strategy_code, milestone_code, action_code, run_no
)

select
    runs.org_id,
    runs.lea_id,
    runs.school_year,
    runs.strategy_code,
    runs.milestone_code,
    runs.action_code,
    cast(runs.run_no as bigint) as run_no,
    runs.state,
    runs.valid_from_period,
    numbered.next_period as valid_to_period,
    runs.n_periods,
    runs.previous_state,
    runs.previous_known_state,
    runs.is_slip,
    runs.is_reopened,
    runs.n_periods_stuck,
    runs.due_on_from,
    runs.due_on,
    runs.n_due_moves
from runs
inner join {{ ref('int_organization_sequence') }} as numbered
    on runs.org_id = numbered.org_id and runs.last_period = numbered.period
