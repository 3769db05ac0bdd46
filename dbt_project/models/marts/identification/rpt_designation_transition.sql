-- Every school that stands on either side is counted once, so that the rows of a pair of years add up to the
-- schools of each status in the first year by their from, and in the second year by their to.
with counted as (
    select
        comparison,
        from_year,
        to_year,
        from_category,
        from_reason,
        to_category,
        to_reason,
        count(*) as n_schools
    from {{ ref('int_designation_steps') }}
    group by comparison, from_year, to_year, from_category, from_reason, to_category, to_reason
),

totalled as (
    select
        *,
        sum(n_schools) over (partition by comparison, to_year, from_category, from_reason) as n_from,
        sum(n_schools) over (partition by comparison, to_year, to_category, to_reason) as n_to
    from counted
)

select
    comparison,
    from_year,
    to_year,
    from_category,
    from_reason,
    to_category,
    to_reason,
    n_schools,
    cast(n_from as bigint) as n_from,
    cast(n_to as bigint) as n_to,
    {{ rate('n_schools', 'n_from') }} as from_share
from totalled
