-- The policy's words on supports, one row a school year.
select
    school_year,
    cast(max(number_value) filter (where parameter = 'support_months') as bigint) as months,
    max(number_value) filter (where parameter = 'support_min_due') as min_due,
    max(number_value) filter (where parameter = 'support_min_matched') as min_matched,
    max(number_value) filter (where parameter = 'support_min_schools') as min_schools,
    max(number_value) filter (where parameter = 'support_min_leas') as min_leas
from {{ ref('int_policy_years') }}
where
    parameter in (
        'support_months', 'support_min_due', 'support_min_matched', 'support_min_schools', 'support_min_leas'
    )
group by school_year
