-- What each LEA gives to the reservation, under both ways of sharing it and by the one that policy chose.
select
    room.fiscal_year,
    room.version,
    room.school_year,
    room.is_standing,
    room.lea_id,
    amounts.lea_name,
    amounts.amount,
    amounts.prior_amount,
    amounts.prior_source,
    amounts.prior_version,
    {{ from_cents('room.room_cents') }} as room,
    sharing.value as sharing,
    {{ from_cents("case
        when sharing.value = 'proportional_to_gain' then given.to_gain_cents
        when sharing.value = 'proportional_with_floor' then given.with_floor_cents
    end") }} as contribution,
    {{ from_cents("room.amount_cents - case
        when sharing.value = 'proportional_to_gain' then given.to_gain_cents
        when sharing.value = 'proportional_with_floor' then given.with_floor_cents
    end") }} as amount_after,
    {{ from_cents('given.with_floor_cents') }} as contribution_with_floor,
    {{ from_cents('given.to_gain_cents') }} as contribution_to_gain,
    given.is_pinned,
    earlier.amount as previous_version_amount,
    cast(amounts.amount - earlier.amount as decimal(18, 2)) as amount_change,
    amounts.source_file,
    amounts.source_sheet,
    amounts.source_row
from {{ ref('int_1003_room') }} as room
inner join {{ ref('int_title1_amounts') }} as amounts
    on
        room.fiscal_year = amounts.fiscal_year
        and room.version = amounts.version
        and room.lea_id = amounts.lea_id
inner join {{ ref('int_title1_versions') }} as versions
    on room.fiscal_year = versions.fiscal_year and room.version = versions.version
left join {{ ref('int_1003_shares') }} as given
    on
        room.fiscal_year = given.fiscal_year
        and room.version = given.version
        and room.lea_id = given.lea_id
left join {{ ref('int_policy_years') }} as sharing
    on room.school_year = sharing.school_year and sharing.parameter = 'reserve_sharing'
left join {{ ref('int_title1_amounts') }} as earlier
    on
        room.fiscal_year = earlier.fiscal_year
        and versions.previous_version = earlier.version
        and room.lea_id = earlier.lea_id
