-- What each claim gets of the new money under a formula, in whole cents, with the level it was filled to.
with claims as (
    select
        fiscal_year,
        'state' as vessel,
        org_id,
        priority,
        fixed_cents,
        weight_units,
        low_cents,
        low_cents as before_cents,
        high_cents,
        cap_basis,
        pool_cents
    from {{ ref('int_1003_admitted') }}
),

{{ water_reached('claims') }},

{{ water_shares('claims') }}

select
    fiscal_year,
    org_id,
    is_ratable,
    is_at_low,
    is_at_high,
    case when is_at_high then cap_basis end as cap_basis,
    rest_cents,
    open_slope,
    slope,
    -- what the level alone would give: the ends of the claim and the cent left over come after it
    cast(case
        when coalesce(open_slope, 0) = 0 then fixed_cents
        when is_at_low then least(level_cents, low_cents)
        when is_at_high then greatest(level_cents, high_cents)
        else base_cents + open_cents
    end as bigint) as level_cents,
    extra_cent,
    award_cents
from water_shares
