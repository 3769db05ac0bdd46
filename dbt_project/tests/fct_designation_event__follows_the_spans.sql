-- What: a school in a category in a year without exactly one event that puts it there, or such an event
-- of a school that is not.
-- Why: who counts events must find the schools that dim_designation holds.
-- Fix: look at int_designation_steps and int_designation_stays for the school.
with entered as (
    select
        org_id,
        school_year,
        category,
        count(*) as n_events
    from {{ ref('fct_designation_event') }}
    where not ends_stay
    group by org_id, school_year, category
)

select
    coalesce(years.org_id, entered.org_id) as org_id,
    coalesce(years.school_year, entered.school_year) as school_year,
    coalesce(years.category, entered.category) as category,
    entered.n_events
from (
    select
        org_id,
        school_year,
        category
    from {{ ref('int_designation_years') }}
    where category <> 'none'
) as years
full outer join entered
    on
        years.org_id = entered.org_id
        and years.school_year = entered.school_year
        and years.category = entered.category
where years.org_id is null or coalesce(entered.n_events, 0) <> 1
