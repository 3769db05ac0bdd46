-- How long a school has been in a category by the official lists, one year after the other: since when, and
-- how many years (a frozen one counts only where policy says so).
with stated as (
    select
        listing.org_id,
        listing.category,
        listing.reason,
        listing.school_year,
        {{ start_of_school_year('listing.school_year') }} as start_year,
        case
            when years.is_frozen and years.frozen_years_in_status = 'not_counted' then 0 else 1
        end as counts_as
    from {{ ref('int_designation_years') }} as listing
    left join {{ ref('int_identification_years') }} as years on listing.school_year = years.school_year
    where listing.category <> 'none'
),

islands as (
    select
        *,
        start_year - row_number() over (partition by org_id, category order by start_year) as island
    from stated
)

select
    org_id,
    category,
    reason,
    school_year,
    start_year,
    min(school_year) over (partition by org_id, category, island) as first_year,
    cast(
        sum(counts_as) over (
            partition by org_id, category, island
            order by start_year rows between unbounded preceding and current row
        ) as bigint
    ) as years_in_status
from islands
