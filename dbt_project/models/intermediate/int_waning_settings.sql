-- The policy's words on waning, one row a school year.
select
    school_year,
    max(number_value) filter (where parameter = 'waning_mads') as mads,
    max(number_value) filter (where parameter = 'waning_fall') as fall,
    cast(max(number_value) filter (where parameter = 'waning_periods') as bigint) as periods,
    max(number_value) filter (where parameter = 'waning_min_due') as min_due,
    max(number_value) filter (where parameter = 'waning_min_peers') as min_peers
from {{ ref('int_policy_years') }}
where
    parameter in ('waning_mads', 'waning_fall', 'waning_periods', 'waning_min_due', 'waning_min_peers')
group by school_year
