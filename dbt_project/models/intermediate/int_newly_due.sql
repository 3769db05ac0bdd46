-- How the actions went that came due in a period: those due in it and not in their last known period.
with of_strategies as (
    select
        org_id,
        school_year,
        period,
        strategy_code,
        count(*) filter (where is_newly_due) as n_newly_due,
        count(*) filter (where is_newly_due_on_time) as n_newly_due_on_time
    from {{ ref('int_action_states') }}
    group by org_id, school_year, period, strategy_code
)

select
    of_strategies.org_id,
    of_strategies.school_year,
    of_strategies.period,
    coded.code_level,
    coded.code,
    cast(sum(of_strategies.n_newly_due) as bigint) as n_newly_due,
    cast(sum(of_strategies.n_newly_due_on_time) as bigint) as n_newly_due_on_time
from of_strategies
inner join {{ ref('int_strategy_codes') }} as coded
    on
        of_strategies.org_id = coded.org_id
        and of_strategies.school_year = coded.school_year
        and of_strategies.strategy_code = coded.strategy_code
where coded.code_level in ('all', 'practice')
group by of_strategies.org_id, of_strategies.school_year, of_strategies.period, coded.code_level, coded.code
