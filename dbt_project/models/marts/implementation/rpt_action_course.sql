-- An action's school year in one row, added up from its runs.
with courses as (
    select
        org_id,
        max_by(lea_id, valid_from_period) as lea_id,
        school_year,
        strategy_code,
        milestone_code,
        action_code,
        min(valid_from_period) as first_period,
        max_by(state, valid_from_period) as last_state,
        max(valid_from_period) as last_state_since,
        max_by(coalesce(valid_to_period, ''), valid_from_period) as left_plan_in,
        cast(sum(n_periods) as bigint) as n_periods,
        coalesce(cast(sum(n_periods) filter (where state = 'not_reported') as bigint), 0)
            as n_periods_not_reported,
        coalesce(cast(sum(n_periods) filter (where state = 'behind') as bigint), 0) as n_periods_behind,
        cast(sum(n_periods_stuck) as bigint) as n_periods_stuck,
        count(*) filter (where is_slip) as n_slips,
        min(case when is_slip then valid_from_period end) as first_slip_period,
        count(*) filter (where is_reopened) as n_reopened,
        cast(sum(n_due_moves) as bigint) as n_due_moves,
        min_by(due_on_from, valid_from_period) filter (where due_on_from is not null) as first_due_on,
        max_by(due_on, valid_from_period) filter (where due_on is not null) as last_due_on
    from {{ ref('fct_action_history') }}
    group by org_id, school_year, strategy_code, milestone_code, action_code
)

select
    org_id,
    lea_id,
    school_year,
    strategy_code,
    milestone_code,
    action_code,
    first_period,
    last_state,
    last_state_since,
    nullif(left_plan_in, '') as left_plan_in,
    n_periods,
    n_periods_not_reported,
    n_periods_behind,
    n_periods_stuck,
    n_slips,
    first_slip_period,
    n_reopened,
    n_due_moves,
    first_due_on,
    last_due_on,
    {{ days_between('first_due_on', 'last_due_on') }} as days_due_moved
from courses
