-- The reservation of each version in whole cents: target, room and what can be reserved.
with totals as (
    select
        fiscal_year,
        version,
        school_year,
        is_standing,
        bool_or(is_capped) as is_capped,
        bool_and(is_computable) as is_computable,
        count(*) as n_leas,
        cast(sum(amount_cents) as bigint) as total_cents,
        cast(sum(room_cents) as bigint) as room_cents
    from {{ ref('int_1003_room') }}
    group by fiscal_year, version, school_year, is_standing
),

targets as (
    select
        totals.*,
        -- half a cent is rounded up
        {{ share_floor('2 * totals.total_cents', 'law.value', '100') }} as doubled_share_cents,
        {{ to_cents('coalesce(reserved.number_value, 0) + coalesce(received.number_value, 0)') }}
            as fy2016_cents
    from totals
    inner join {{ ref('law_1003') }} as law
        on
            law.rule_id = 'reserve_percent'
            and totals.fiscal_year >= law.from_fiscal_year
            and (law.until_fiscal_year is null or totals.fiscal_year < law.until_fiscal_year)
    left join {{ ref('int_policy_years') }} as reserved
        on totals.school_year = reserved.school_year and reserved.parameter = 'fy2016_1003a_reserved'
    left join {{ ref('int_policy_years') }} as received
        on totals.school_year = received.school_year and received.parameter = 'fy2016_1003g_received'
),

rounded as (
    select
        *,
        {{ share_floor('doubled_share_cents + 1', '1', '2') }} as share_cents
    from targets
)

select
    fiscal_year,
    version,
    school_year,
    is_standing,
    is_capped,
    is_computable,
    n_leas,
    total_cents,
    share_cents,
    fy2016_cents,
    greatest(share_cents, fy2016_cents) as target_cents,
    room_cents,
    case when is_computable then least(greatest(share_cents, fy2016_cents), room_cents) end as reserved_cents
from rounded
