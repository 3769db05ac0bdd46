-- The list of §1003(i): every LEA and school that received funds, how much, and the types of strategies.
-- What an LEA got for itself has a row of its own, so that the list sums to the awards.
with received as (
    select
        fiscal_year,
        school_year,
        lea_id,
        org_id,
        'school' as org_level,
        category,
        award as amount,
        retained_by_lea as kept_by_lea
    from {{ ref('fct_1003_award_school') }}
    where award > 0
    union all
    select
        fiscal_year,
        school_year,
        lea_id,
        lea_id as org_id,
        'lea' as org_level,
        null as category,
        own_part as amount,
        cast(0 as decimal(18, 2)) as kept_by_lea
    from {{ ref('fct_1003_award') }}
    where own_part > 0
),

-- types that the state lets the list name
named_types as (
    {{ names_in_policy('public_strategy_types', 'strategy_type') }}
),

asked as (
    select
        fiscal_year,
        org_id,
        {{ split_codes('strategy_types') }} as strategy_type
    from {{ ref('int_1003_requests') }}
),

asked_types as (
    select
        received.fiscal_year,
        received.school_year,
        received.org_id,
        {{ plain_text('asked.strategy_type') }} as strategy_type
    from received
    inner join asked on received.fiscal_year = asked.fiscal_year and received.org_id = asked.org_id
),

types as (
    select
        asked_types.fiscal_year,
        asked_types.org_id,
        {{ joined_codes("coalesce(named_types.strategy_type, 'other')", separator=', ') }} as strategy_types
    from asked_types
    left join named_types
        on
            asked_types.school_year = named_types.school_year
            and asked_types.strategy_type = named_types.strategy_type
    where asked_types.strategy_type <> ''
    group by asked_types.fiscal_year, asked_types.org_id
),

-- the practices of the strategies that §1003 pays, in the last plan up to the school year of the money
plans as (
    select
        received.fiscal_year,
        received.org_id,
        max(plan.school_year) as plan_year
    from received
    inner join {{ ref('int_1003_strategies') }} as plan
        on received.org_id = plan.org_id and received.school_year >= plan.school_year
    group by received.fiscal_year, received.org_id
),

coded as (
    select
        org_id,
        school_year,
        {{ split_codes('practice_codes') }} as practice_code
    from {{ ref('int_1003_strategies') }}
),

codes as (
    select distinct
        plans.fiscal_year,
        plans.org_id,
        coded.practice_code
    from plans
    inner join coded on plans.org_id = coded.org_id and plans.plan_year = coded.school_year
),

practices as (
    select
        codes.fiscal_year,
        codes.org_id,
        {{ joined_codes('practice.practice_code', separator=', ') }} as practice_codes,
        {{ joined_texts('practice.practice_title', '; ', 'practice.practice_code') }} as practices
    from codes
    inner join {{ ref('dim_practice') }} as practice on codes.practice_code = practice.practice_code
    group by codes.fiscal_year, codes.org_id
)

select
    received.fiscal_year,
    received.school_year,
    received.lea_id,
    lea.org_name as lea_name,
    award.award as lea_amount,
    received.org_level,
    received.org_id,
    organization.org_name,
    organization.nces_lea_id,
    organization.nces_school_id,
    received.category,
    received.amount,
    received.kept_by_lea,
    types.strategy_types,
    practices.practice_codes,
    practices.practices,
    types.strategy_types is not null or practices.practice_codes is not null as is_type_stated
from received
inner join {{ ref('fct_1003_award') }} as award
    on received.fiscal_year = award.fiscal_year and received.lea_id = award.lea_id
left join {{ ref('dim_organization') }} as organization on received.org_id = organization.org_id
left join {{ ref('dim_organization') }} as lea on received.lea_id = lea.org_id
left join types on received.fiscal_year = types.fiscal_year and received.org_id = types.org_id
left join practices on received.fiscal_year = practices.fiscal_year and received.org_id = practices.org_id
