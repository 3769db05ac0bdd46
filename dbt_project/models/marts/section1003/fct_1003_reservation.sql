-- The reservation of a fiscal year by each version of the Title I amounts, and its split between LEAs and
-- the state. A version without the year before is a row without a reservation, never a guess.
with pinned as (
    select
        fiscal_year,
        version,
        count(*) filter (where is_pinned) as n_leas_pinned
    from {{ ref('int_1003_shares') }}
    group by fiscal_year, version
),

without_gain as (
    select
        fiscal_year,
        version,
        count(*) filter (where room_cents = 0) as n_leas_without_gain
    from {{ ref('int_1003_room') }}
    group by fiscal_year, version
),

pools as (
    select
        *,
        row_number() over (
            partition by fiscal_year order by received_at desc, source_file desc, source_row desc
        ) as recency
    from {{ ref('stg_feed__title1_pools') }}
),

halves as (
    select
        total.*,
        versions.previous_version,
        pinned.n_leas_pinned,
        without_gain.n_leas_without_gain,
        pools.fiscal_year is not null and total.is_standing as is_pool_stated,
        case
            when pools.fiscal_year is not null and total.is_standing then {{ to_cents('pools.lea_pool') }}
            -- not less than that per cent: part of a cent goes to the LEAs
            else
                total.reserved_cents
                - {{ share_floor(
                    'total.reserved_cents', "cast(round((100 - lea_share.number_value) * 10000) as bigint)", '1000000'
                ) }}
        end as lea_pool_cents,
        case
            when pools.fiscal_year is not null and total.is_standing then {{ to_cents('pools.state_share') }}
            else
                {{ share_floor(
                    'total.reserved_cents', "cast(round((100 - lea_share.number_value) * 10000) as bigint)", '1000000'
                ) }}
        end as state_share_cents,
        least_share.value as least_lea_percent,
        sharing.value as sharing
    from {{ ref('int_1003_reservation') }} as total
    inner join {{ ref('int_title1_versions') }} as versions
        on total.fiscal_year = versions.fiscal_year and total.version = versions.version
    left join pinned
        on total.fiscal_year = pinned.fiscal_year and total.version = pinned.version
    left join without_gain
        on total.fiscal_year = without_gain.fiscal_year and total.version = without_gain.version
    left join pools on total.fiscal_year = pools.fiscal_year and pools.recency = 1
    left join {{ ref('int_policy_years') }} as lea_share
        on total.school_year = lea_share.school_year and lea_share.parameter = 'lea_pool_percent'
    left join {{ ref('int_policy_years') }} as sharing
        on total.school_year = sharing.school_year and sharing.parameter = 'reserve_sharing'
    left join {{ ref('law_1003') }} as least_share
        on
            least_share.rule_id = 'lea_pool_percent'
            and total.fiscal_year >= least_share.from_fiscal_year
            and (least_share.until_fiscal_year is null or total.fiscal_year < least_share.until_fiscal_year)
)

select
    halves.fiscal_year,
    halves.version,
    halves.school_year,
    halves.is_standing,
    halves.n_leas,
    {{ from_cents('halves.total_cents') }} as title1_total,
    {{ from_cents('halves.share_cents') }} as percent_target,
    {{ from_cents('halves.fy2016_cents') }} as fy2016_target,
    -- the linter holds the field's word for a keyword
    {{ from_cents('halves.target_cents') }} as target,
    case
        when halves.fy2016_cents > halves.share_cents then 'fy2016' else 'percent'
    end as target_basis,
    halves.is_capped,
    case
        when not halves.is_computable then 'no amounts of the year before'
        when not halves.is_capped then 'before the cap of §1003(h)'
        when halves.reserved_cents < halves.target_cents
            then 'less than the target: the cap of §1003(h) binds'
        else 'the target'
    end as standing_of_reservation,
    {{ from_cents('halves.room_cents') }} as room_total,
    {{ from_cents('halves.reserved_cents') }} as reserved,
    {{ from_cents('halves.target_cents - halves.reserved_cents') }} as shortfall,
    halves.n_leas_without_gain,
    halves.n_leas_pinned,
    halves.sharing,
    {{ from_cents('halves.lea_pool_cents') }} as lea_pool,
    {{ from_cents('halves.state_share_cents') }} as state_share,
    halves.is_pool_stated,
    100 * halves.lea_pool_cents >= halves.least_lea_percent * halves.reserved_cents as is_lea_pool_lawful,
    halves.previous_version,
    {{ from_cents('halves.total_cents - earlier.total_cents') }} as title1_total_change,
    {{ from_cents('halves.reserved_cents - earlier.reserved_cents') }} as reserved_change
from halves
left join {{ ref('int_1003_reservation') }} as earlier
    on halves.fiscal_year = earlier.fiscal_year and halves.previous_version = earlier.version
