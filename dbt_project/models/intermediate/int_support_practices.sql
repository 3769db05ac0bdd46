-- A support under each of its practices, with the month of the school year in which it was provided:
-- null where it was not, or in another school year.
with coded as (
    select
        org_id,
        school_year,
        support_no,
        provided_on,
        {{ split_codes('practice_codes') }} as practice_code
    from {{ ref('fct_support') }}
)

select distinct
    coded.org_id,
    coded.school_year,
    coded.support_no,
    practice.practice_code,
    periods.period as provided_period,
    periods.month_no as provided_month_no
from coded
inner join {{ ref('dim_practice') }} as practice on coded.practice_code = practice.practice_code
left join {{ ref('dim_period') }} as periods
    on
        coded.school_year = periods.school_year
        and coded.provided_on between periods.period_start and periods.period_end
