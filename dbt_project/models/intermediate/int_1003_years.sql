-- The fiscal years that have Title I amounts, each with the list of designations that stands for it: that of
-- the school year the money is for or, until there is one, the newest before it.
with fiscal_years as (
    select
        fiscal_year,
        school_year,
        max(case when is_standing then version end) as version
    from {{ ref('int_title1_versions') }}
    group by fiscal_year, school_year
),

lists as (
    select distinct school_year as designated_year
    from {{ ref('int_designation_years') }}
)

select
    fiscal_years.fiscal_year,
    fiscal_years.school_year,
    {{ school_year_from_start('fiscal_years.fiscal_year - 1') }} as record_year,
    fiscal_years.version,
    max(lists.designated_year) as designated_year
from fiscal_years
inner join lists on fiscal_years.school_year >= lists.designated_year
group by fiscal_years.fiscal_year, fiscal_years.school_year, fiscal_years.version
