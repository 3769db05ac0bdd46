select
    strategy_period.org_id,
    strategy_period.lea_id,
    strategy_period.school_year,
    strategy_period.period,
    coded.code_level,
    coded.code,
    strategy_period.is_reported,
    count(*) as n_strategies,
    cast(sum(strategy_period.n_actions) as bigint) as n_actions,
    cast(sum(strategy_period.n_planned) as bigint) as n_planned,
    cast(sum(strategy_period.n_not_reported) as bigint) as n_not_reported,
    cast(sum(strategy_period.n_completed) as bigint) as n_completed,
    cast(sum(strategy_period.n_due) as bigint) as n_due,
    cast(sum(strategy_period.n_on_time) as bigint) as n_on_time,
    cast(sum(strategy_period.n_due_on_time) as bigint) as n_due_on_time,
    cast(sum(strategy_period.n_behind) as bigint) as n_behind,
    cast(sum(strategy_period.n_discontinued) as bigint) as n_discontinued,
    cast(sum(strategy_period.n_milestones) as bigint) as n_milestones,
    cast(sum(strategy_period.n_milestones_completed) as bigint) as n_milestones_completed,
    cast(sum(strategy_period.n_milestones_behind) as bigint) as n_milestones_behind
from {{ ref('int_strategy_periods') }} as strategy_period
inner join {{ ref('int_strategy_codes') }} as coded
    on
        strategy_period.org_id = coded.org_id
        and strategy_period.school_year = coded.school_year
        and strategy_period.strategy_code = coded.strategy_code
group by
    strategy_period.org_id, strategy_period.lea_id, strategy_period.school_year,
    strategy_period.period, coded.code_level, coded.code, strategy_period.is_reported
