-- What a strategy counts under: each of its practices, each of their domains, and the total, once
-- each. A strategy without a practice counts as uncoded, so that the parts can be held to the total.
with strategies as (
    select distinct org_id, school_year, strategy_code
    from {{ ref('int_strategy_periods') }}
),

practices as (
    select
        coded.org_id,
        coded.school_year,
        coded.strategy_code,
        practice.practice_code,
        practice.domain_code
    from (
        select
            org_id,
            school_year,
            strategy_code,
            {{ split_codes('practice_codes') }} as practice_code
        from {{ ref('dim_strategy') }}
    ) as coded
    inner join {{ ref('dim_practice') }} as practice
        on coded.practice_code = practice.practice_code
)

select org_id, school_year, strategy_code, 'all' as code_level, 'all' as code
from strategies
union all
select distinct org_id, school_year, strategy_code, 'practice' as code_level, practice_code as code
from practices
union all
select distinct org_id, school_year, strategy_code, 'domain' as code_level, domain_code as code
from practices
union all
select
    strategies.org_id,
    strategies.school_year,
    strategies.strategy_code,
    'uncoded' as code_level,
    'uncoded' as code
from strategies
left join practices
    on
        strategies.org_id = practices.org_id
        and strategies.school_year = practices.school_year
        and strategies.strategy_code = practices.strategy_code
where practices.org_id is null
