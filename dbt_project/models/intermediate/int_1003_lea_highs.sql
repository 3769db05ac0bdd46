-- Where a method caps what an LEA gets: the most that each of its schools can come to, so that together
-- they come to the cap. The cap is shared within the LEA as the pool is shared within the state.
with claims as (
    select
        fiscal_year,
        lea_id as vessel,
        org_id,
        priority,
        fixed_cents,
        weight_units,
        low_cents,
        before_cents,
        high_cents,
        pool_cents
    from {{ ref('int_1003_lea_admitted') }}
),

{{ water_reached('claims') }},

{{ water_shares('claims') }},

spent as (
    select
        fiscal_year,
        vessel,
        org_id,
        high_cents,
        award_cents,
        pool_cents,
        sum(award_cents) over (partition by fiscal_year, vessel) as spent_cents
    from water_shares
)

select
    fiscal_year,
    vessel as lea_id,
    org_id,
    spent_cents >= pool_cents as is_binding,
    case when spent_cents >= pool_cents then award_cents else high_cents end as high_cents
from spent
