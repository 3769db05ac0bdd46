-- What the plans of an LEA and its schools hold on a practice: strategies, and what their actions cost. A
-- strategy coded to two practices counts, with its budget, under each.
with coded as (
    select distinct
        org_id,
        school_year,
        strategy_code,
        trim(practice_code) as practice_code
    from (
        select
            org_id,
            school_year,
            strategy_code,
            {{ split_codes('practice_codes') }} as practice_code
        from {{ ref('int_plan__strategies') }}
    ) as listed
),

budgets as (
    select
        org_id,
        school_year,
        {{ parent_code(parent_code('action_code')) }} as strategy_code,
        sum(budget) as budget
    from {{ ref('int_plan__actions') }}
    group by org_id, school_year, {{ parent_code(parent_code('action_code')) }}
)

select
    plan.lea_id,
    coded.school_year,
    coded.practice_code,
    count(*) as n_strategies,
    cast(coalesce(sum(budgets.budget), 0) as decimal(18, 2)) as budget
from coded
inner join {{ ref('int_plan_years') }} as plan
    on coded.org_id = plan.org_id and coded.school_year = plan.school_year
left join budgets
    on
        coded.org_id = budgets.org_id
        and coded.school_year = budgets.school_year
        and coded.strategy_code = budgets.strategy_code
group by plan.lea_id, coded.school_year, coded.practice_code
