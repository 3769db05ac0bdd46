-- What a measure counts under: a strategy's measure under the practices of its strategy, a goal's under
-- those of every strategy of the plan that names the goal; each once, their domains, and the total.
with served as (
    select
        measure.org_id,
        measure.school_year,
        measure.parent_code,
        measure.measure_no,
        strategy.practice_codes
    from {{ ref('int_measure_years') }} as measure
    inner join {{ ref('int_plan__strategies') }} as strategy
        on
            measure.org_id = strategy.org_id
            and measure.plan_year = strategy.school_year
            and measure.parent_code = strategy.goal_code
    where measure.measure_kind = 'goal'
    union all
    select
        measure.org_id,
        measure.school_year,
        measure.parent_code,
        measure.measure_no,
        strategy.practice_codes
    from {{ ref('int_measure_years') }} as measure
    inner join {{ ref('int_plan__strategies') }} as strategy
        on
            measure.org_id = strategy.org_id
            and measure.plan_year = strategy.school_year
            and measure.parent_code = strategy.strategy_code
    where measure.measure_kind = 'strategy'
),

practices as (
    select
        coded.org_id,
        coded.school_year,
        coded.parent_code,
        coded.measure_no,
        practice.practice_code,
        practice.domain_code
    from (
        select
            org_id,
            school_year,
            parent_code,
            measure_no,
            {{ split_codes('practice_codes') }} as practice_code
        from served
    ) as coded
    inner join {{ ref('dim_practice') }} as practice on coded.practice_code = practice.practice_code
)

select org_id, school_year, parent_code, measure_no, 'all' as code_level, 'all' as code
from {{ ref('int_measure_years') }}
union all
select distinct org_id, school_year, parent_code, measure_no, 'practice' as code_level, practice_code as code
from practices
union all
select distinct org_id, school_year, parent_code, measure_no, 'domain' as code_level, domain_code as code
from practices
union all
select
    measure.org_id,
    measure.school_year,
    measure.parent_code,
    measure.measure_no,
    'uncoded' as code_level,
    'uncoded' as code
from {{ ref('int_measure_years') }} as measure
left join practices
    on
        measure.org_id = practices.org_id
        and measure.school_year = practices.school_year
        and measure.parent_code = practices.parent_code
        and measure.measure_no = practices.measure_no
where practices.org_id is null
