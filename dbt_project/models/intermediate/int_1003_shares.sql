-- What each LEA gives to the reservation under both ways of sharing it, in whole cents. Each way gives every
-- LEA the whole part of its share; the cents left over go one each to the largest remainders (the lower ID
-- first among equals), so that the contributions sum exactly to the reservation.
--
-- proportional_with_floor needs no iteration: in the order of room per dollar, an LEA is pinned at its floor
-- as long as its room is not more than its part of what those before it leave over.
with rooms as (
    select
        room.*,
        total.reserved_cents,
        total.room_cents as all_room_cents,
        row_number() over (
            partition by room.fiscal_year, room.version
            order by
                {{ share_floor('room.room_cents', '1000000000000', 'room.amount_cents') }} asc nulls first,
                room.lea_id asc
        ) as tightness
    from {{ ref('int_1003_room') }} as room
    inner join {{ ref('int_1003_reservation') }} as total
        on room.fiscal_year = total.fiscal_year and room.version = total.version
    where total.reserved_cents is not null
),

running as (
    select
        *,
        coalesce(sum(room_cents) over before_it, 0) as room_before_cents,
        sum(amount_cents) over from_it_on as amount_from_cents
    from rooms
    window
        before_it as (
            partition by fiscal_year, version order by tightness
            rows between unbounded preceding and 1 preceding
        ),
        from_it_on as (
            partition by fiscal_year, version order by tightness
            rows between current row and unbounded following
        )
),

pinned as (
    select
        *,
        -- room * what is left of the amounts <= its amount * what is left to reserve
        {{ share_floor('room_cents', 'amount_from_cents', 'amount_cents') }}
        + case
            when {{ share_remainder('room_cents', 'amount_from_cents', 'amount_cents') }} > 0 then 1 else 0
        end
        <= reserved_cents - room_before_cents
        or amount_cents = 0 as is_pinned
    from running
),

spread as (
    select
        *,
        reserved_cents - sum(case when is_pinned then room_cents else 0 end) over version_of as left_cents,
        sum(case when is_pinned then 0 else amount_cents end) over version_of as open_cents
    from pinned
    window version_of as (partition by fiscal_year, version)
),

divided as (
    select
        *,
        case
            when is_pinned then room_cents
            else {{ share_floor('amount_cents', 'left_cents', 'open_cents') }}
        end as floor_whole,
        case
            when is_pinned then 0
            else {{ share_remainder('amount_cents', 'left_cents', 'open_cents') }}
        end as floor_remainder,
        coalesce({{ share_floor('room_cents', 'reserved_cents', 'all_room_cents') }}, 0) as gain_whole,
        coalesce({{ share_remainder('room_cents', 'reserved_cents', 'all_room_cents') }}, 0)
            as gain_remainder
    from spread
),

ranked as (
    select
        *,
        reserved_cents - sum(floor_whole) over version_of as floor_over,
        reserved_cents - sum(gain_whole) over version_of as gain_over,
        row_number() over (
            partition by fiscal_year, version order by floor_remainder desc, lea_id asc
        ) as floor_rank,
        row_number() over (
            partition by fiscal_year, version order by gain_remainder desc, lea_id asc
        ) as gain_rank
    from divided
    window version_of as (partition by fiscal_year, version)
)

select
    fiscal_year,
    version,
    lea_id,
    is_pinned,
    cast(floor_whole + case when floor_rank <= floor_over then 1 else 0 end as bigint)
        as with_floor_cents,
    cast(gain_whole + case when gain_rank <= gain_over then 1 else 0 end as bigint) as to_gain_cents
from ranked
