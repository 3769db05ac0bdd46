-- The claims that get a share. With the answer drop, schools whose share would not reach their smallest
-- award are left out: those that need the highest level first, and among equals the last in priority.
with claims as (
    select *
    from {{ ref('int_1003_ends') }}
    where can_be_dropped
),

{{ water_reached('claims') }}

select
    claim.fiscal_year,
    claim.org_id,
    claim.priority,
    claim.fixed_cents,
    claim.weight_units,
    claim.low_cents,
    claim.high_cents,
    claim.cap_basis,
    claim.pool_cents
from {{ ref('int_1003_ends') }} as claim
left join water_reached as reached
    on claim.fiscal_year = reached.fiscal_year and claim.org_id = reached.org_id
where claim.before_cents = claim.low_cents or coalesce(reached.has_entered, false)
