-- The strategies of an organization's plan that §1003 pays, by the strategy's own row or by an action's,
-- with what their actions are to cost that fund, in whole cents.
with funds as (
    {{ names_in_policy('section_1003_funds', 'fund') }}
),

paid_actions as (
    select
        plan.org_id,
        max(plan.lea_id) as lea_id,
        plan.school_year,
        {{ parent_code(parent_code('plan.action_code')) }} as strategy_code,
        sum(coalesce({{ to_cents('plan.budget') }}, 0)) as planned_cents
    from {{ ref('int_plan__actions') }} as plan
    inner join funds
        on plan.school_year = funds.school_year and {{ plain_text('plan.fund_source') }} = funds.fund
    group by plan.org_id, plan.school_year, {{ parent_code(parent_code('plan.action_code')) }}
),

named_strategies as (
    select distinct
        stated.org_id,
        stated.lea_id,
        stated.school_year,
        stated.strategy_code
    from (
        select
            org_id,
            lea_id,
            school_year,
            strategy_code,
            {{ split_codes('fund_sources') }} as fund
        from {{ ref('int_plan__strategies') }}
    ) as stated
    inner join funds
        on stated.school_year = funds.school_year and {{ plain_text('stated.fund') }} = funds.fund
),

paid as (
    select
        coalesce(named_strategies.org_id, paid_actions.org_id) as org_id,
        coalesce(named_strategies.lea_id, paid_actions.lea_id) as lea_id,
        coalesce(named_strategies.school_year, paid_actions.school_year) as school_year,
        coalesce(named_strategies.strategy_code, paid_actions.strategy_code) as strategy_code,
        coalesce(paid_actions.planned_cents, 0) as planned_cents
    from named_strategies
    full outer join paid_actions
        on
            named_strategies.org_id = paid_actions.org_id
            and named_strategies.school_year = paid_actions.school_year
            and named_strategies.strategy_code = paid_actions.strategy_code
)

select
    paid.org_id,
    paid.lea_id,
    paid.school_year,
    paid.strategy_code,
    strategy.practice_codes,
    strategy.evidence_tier,
    strategy.end_on,
    cast(paid.planned_cents as bigint) as planned_cents
from paid
left join {{ ref('int_plan__strategies') }} as strategy
    on
        paid.org_id = strategy.org_id
        and paid.school_year = strategy.school_year
        and paid.strategy_code = strategy.strategy_code
