-- What: a status and school year whose rows of the matrix do not add up to the schools that stand in it.
-- Why: who moved is told in numbers; a school lost or counted twice on the way makes them worthless.
-- Fix: look at int_designation_steps for the two years; each school must be in one step.
with stands as (
    select
        school_year,
        category,
        coalesce(reason, 'none') as reason,
        count(*) as n_schools
    from {{ ref('int_designation_years') }}
    group by school_year, category, coalesce(reason, 'none')
),

sides as (
    select
        'from' as side,
        comparison,
        from_year as school_year,
        from_category as category,
        from_reason as reason,
        n_schools
    from {{ ref('rpt_designation_transition') }}
    union all
    select
        'to' as side,
        comparison,
        to_year as school_year,
        to_category as category,
        to_reason as reason,
        n_schools
    from {{ ref('rpt_designation_transition') }}
),

-- whoever no list names is no status of a list
counted as (
    select
        side,
        comparison,
        school_year,
        category,
        reason,
        sum(n_schools) as n_schools
    from sides
    where category in ('CSI', 'TSI', 'ATSI', 'none')
    group by side, comparison, school_year, category, reason
),

compared as (
    select distinct
        side,
        comparison,
        school_year
    from counted
)

select
    compared.side,
    compared.comparison,
    compared.school_year,
    stands.category,
    stands.reason,
    stands.n_schools as n_on_lists,
    counted.n_schools as n_in_matrix
from compared
inner join stands on compared.school_year = stands.school_year
left join counted
    on
        compared.side = counted.side
        and compared.comparison = counted.comparison
        and compared.school_year = counted.school_year
        and stands.category = counted.category
        and stands.reason = counted.reason
where coalesce(counted.n_schools, 0) <> stands.n_schools
