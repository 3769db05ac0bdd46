-- The table of coded strategies of the source document: a row for each organization, here one for each of
-- its domains, also those in which it has no strategy.
with coded as (
    select
        strategy.org_id,
        strategy.school_year,
        strategy.strategy_code,
        {{ split_codes('strategy.practice_codes') }} as practice_code
    from {{ ref('int_plan__strategies') }} as strategy
),

in_domain as (
    select
        coded.org_id,
        coded.school_year,
        practice.domain_code,
        count(distinct coded.strategy_code) as n_strategies,
        count(distinct practice.practice_code) as n_practices,
        {{ joined_codes('coded.strategy_code') }} as strategy_codes,
        {{ joined_codes('practice.practice_code') }} as practice_codes,
        {{ joined_codes("practice.practice_code || ' ' || practice.practice_title", '; ') }} as practices
    from coded
    inner join {{ ref('dim_practice') }} as practice on coded.practice_code = practice.practice_code
    group by coded.org_id, coded.school_year, practice.domain_code
),

plans as (
    select
        org_id,
        school_year,
        max(lea_id) as lea_id,
        max(stated_in_period) as stated_in_period,
        count(*) as n_strategies_in_plan
    from {{ ref('int_plan__strategies') }}
    group by org_id, school_year
)

select
    plans.org_id,
    plans.lea_id,
    organization.org_level,
    organization.org_name,
    plans.school_year,
    domains.domain_code,
    domains.domain_title,
    coalesce(in_domain.n_strategies, 0) as n_strategies,
    coalesce(in_domain.n_practices, 0) as n_practices,
    in_domain.strategy_codes,
    in_domain.practice_codes,
    in_domain.practices,
    plans.n_strategies_in_plan,
    plans.stated_in_period
from plans
cross join {{ ref('domains') }} as domains
left join in_domain
    on
        plans.org_id = in_domain.org_id
        and plans.school_year = in_domain.school_year
        and domains.domain_code = in_domain.domain_code
left join {{ ref('dim_organization') }} as organization on plans.org_id = organization.org_id
