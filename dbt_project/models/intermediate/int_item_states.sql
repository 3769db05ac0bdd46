-- Actions, milestones and strategies in one shape: where each stood in every counted period. A milestone
-- or strategy is behind when it is itself overdue or holds an action that is behind.
with milestones as (
    select
        milestone.org_id,
        milestone.lea_id,
        milestone.school_year,
        milestone.period,
        milestone.strategy_code,
        'milestone' as item_level,
        milestone.milestone_code as item_code,
        case
            when not milestone.is_reported then 'not_reported'
            when milestone.n_actions > 0 and milestone.n_planned = 0 then 'discontinued'
            when milestone.is_completed then 'completed'
            when milestone.is_behind or milestone.n_behind > 0 then 'behind'
            else 'in_progress'
        end as state
    from {{ ref('int_milestone_periods') }} as milestone
),

strategies as (
    select
        org_id,
        lea_id,
        school_year,
        period,
        strategy_code,
        'strategy' as item_level,
        strategy_code as item_code,
        case
            when not is_reported then 'not_reported'
            when n_actions > 0 and n_planned = 0 then 'discontinued'
            when n_milestones_completed = n_milestones then 'completed'
            when n_milestones_behind > 0 or n_behind > 0 then 'behind'
            else 'in_progress'
        end as state
    from {{ ref('int_strategy_periods') }}
),

numbered as (
    select
        item.*,
        calendar.period_no,
        lag(item.state) over (
            partition by item.org_id, item.school_year, item.item_level, item.item_code
            order by item.period
        ) as state_before
    from (
        select * from milestones
        union all
        select * from strategies
    ) as item
    inner join {{ ref('int_organization_sequence') }} as calendar
        on item.org_id = calendar.org_id and item.period = calendar.period
)

select
    org_id,
    lea_id,
    school_year,
    period,
    period_no,
    strategy_code,
    item_level,
    item_code,
    state,
    state_before,
    false as is_due_moved
from numbered
union all
select
    org_id,
    lea_id,
    school_year,
    period,
    period_no,
    strategy_code,
    'action' as item_level,
    action_code as item_code,
    state,
    state_before,
    is_due_moved
from {{ ref('int_action_states') }}
