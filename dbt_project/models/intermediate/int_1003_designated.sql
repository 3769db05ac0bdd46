-- The schools with a designation on the list that stands for a fiscal year, and for how many school years in
-- a row they have had its category, whatever the reason was.
with stated as (
    select
        org_id,
        category,
        school_year,
        {{ start_of_school_year('school_year') }} as start_year
    from {{ ref('int_designation_years') }}
    where category <> 'none'
),

islands as (
    select
        *,
        start_year - row_number() over (partition by org_id, category order by start_year) as island
    from stated
),

counted as (
    select
        org_id,
        school_year,
        row_number() over (partition by org_id, category, island order by start_year) as years_in_status
    from islands
)

select
    years.fiscal_year,
    years.school_year,
    years.designated_year,
    listed.org_id,
    listed.category,
    listed.reason,
    listed.is_title1,
    listed.enrollment,
    cast(counted.years_in_status as bigint) as years_in_status,
    -- what was done for the designation counts from the first day of its first school year on
    make_date(
        cast({{ start_of_school_year('listed.school_year') }} - counted.years_in_status + 1 as integer),
        cast(of_state.school_year_first_month as integer),
        1
    ) as identified_from,
    organization.lea_id,
    organization.status,
    organization.closed_on,
    organization.opened_on
from {{ ref('int_1003_years') }} as years
inner join {{ ref('int_designation_years') }} as listed on years.designated_year = listed.school_year
inner join counted on listed.org_id = counted.org_id and listed.school_year = counted.school_year
cross join {{ ref('stg_calendar') }} as of_state
left join {{ ref('dim_organization') }} as organization on listed.org_id = organization.org_id
where listed.category <> 'none'
