{{ config(meta={'dagster': {'ref': {'name': 'rpt_implementation_by_practice'}}}) }}
-- What: a period in which the state's total differs from the actions themselves.
-- Why: a join that drops or doubles strategies gives wrong rates that look right.
-- Fix: compare int_strategy_periods and int_strategy_codes for the period.
with actions as (
    select period, count(*) as n_actions, count(*) filter (where is_behind) as n_behind
    from {{ ref('fct_action_status') }}
    group by period
),

totals as (
    select period, n_actions, n_behind
    from {{ ref('rpt_implementation_by_practice') }}
    where scope_level = 'state' and code_level = 'all'
)

select
    coalesce(actions.period, totals.period) as period,
    actions.n_actions,
    totals.n_actions as n_actions_in_total,
    actions.n_behind,
    totals.n_behind as n_behind_in_total
from actions
full outer join totals on actions.period = totals.period
where
    actions.n_actions is distinct from totals.n_actions
    or actions.n_behind is distinct from totals.n_behind
