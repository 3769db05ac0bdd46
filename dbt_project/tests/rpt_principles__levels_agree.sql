{{ config(meta={'dagster': {'ref': {'name': 'rpt_principles'}}}) }}
-- What: a figure and year whose LEAs, regions and state do not add up to the same, or that misses a scope.
-- Why: an organization without an LEA or a region would silently vanish from a level.
-- Fix: look at how rpt_principles places organizations, and at int_plan_years.
with levels as (
    select
        scope_level,
        school_year,
        figure_id,
        count(*) as n_scopes,
        coalesce(sum(numerator), 0) as numerator,
        coalesce(sum(denominator), 0) as denominator,
        sum(n_organizations) as n_organizations
    from {{ ref('rpt_principles') }}
    group by scope_level, school_year, figure_id
),

scopes as (
    select
        school_year,
        scope_level,
        count(distinct scope_id) as n_scopes
    from {{ ref('rpt_principles') }}
    group by school_year, scope_level
)

select
    school_year,
    figure_id
from levels
group by school_year, figure_id
having
    count(*) <> 3
    or count(distinct numerator) > 1
    or count(distinct denominator) > 1
    or count(distinct n_organizations) > 1
union all
select
    levels.school_year,
    levels.scope_level || ' ' || levels.figure_id as figure_id
from levels
inner join scopes
    on levels.school_year = scopes.school_year and levels.scope_level = scopes.scope_level
where levels.n_scopes <> scopes.n_scopes
