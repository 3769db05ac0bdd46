-- FS132: §1003 dollars of each school in the school year that the money is for, to the cent. A school
-- without an award is a row only where policy has zeros reported; an award that is not known is never
-- zero.
with awards as (
    select
        award.school_year,
        award.fiscal_year,
        award.org_id,
        award.award,
        case when years.fs132_amount = 'at_school' then award.at_school else award.award end as amount
    from {{ ref('fct_1003_award_school') }} as award
    inner join {{ ref('int_federal_years') }} as years on award.school_year = years.school_year
    where award.award > 0
),

award_years as (
    select
        school_year,
        max(fiscal_year) as fiscal_year
    from {{ ref('fct_1003_award_year') }}
    group by school_year
)

select
    school.school_year,
    award_years.fiscal_year,
    school.org_id,
    school.org_name,
    school.lea_id,
    school.state_lea_id,
    school.state_school_id,
    school.category,
    cast(null as bigint) as n_econ_disadvantaged,
    cast(coalesce(awards.award, 0) as decimal(18, 2)) as award,
    cast(coalesce(awards.amount, 0) as decimal(18, 2)) as amount,
    cast(null as string) as explanation,
    school.left_out_as is null as is_reported,
    school.left_out_as
from {{ ref('int_federal_schools') }} as school
inner join {{ ref('int_federal_years') }} as years on school.school_year = years.school_year
inner join award_years on school.school_year = award_years.school_year
left join awards on school.school_year = awards.school_year and school.org_id = awards.org_id
where
    awards.org_id is not null
    or (years.fs132_include_zero = 'included' and school.left_out_as is null)
