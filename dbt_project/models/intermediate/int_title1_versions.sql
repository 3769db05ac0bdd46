-- The versions of a fiscal year's amounts in order: preliminary, final, revised, revised 2 …. The last one
-- stands. A word that no version has is ranked before all, and the mart's suite refuses it.
with stated as (
    select distinct
        fiscal_year,
        version,
        split_part(version, ' ', 1) as version_kind,
        coalesce(try_cast(split_part(version, ' ', 2) as bigint), 1) as version_no
    from {{ ref('stg_feed__title1_allocations') }}
),

ordered as (
    select
        stated.fiscal_year,
        stated.version,
        lag(stated.version) over (
            partition by stated.fiscal_year
            order by coalesce(kind.rank, 0), stated.version_no, stated.version
        ) as previous_version,
        row_number() over (
            partition by stated.fiscal_year
            order by coalesce(kind.rank, 0) desc, stated.version_no desc, stated.version desc
        ) as recency
    from stated
    left join {{ ref('title1_versions') }} as kind on stated.version_kind = kind.version_kind
)

select
    fiscal_year,
    {{ school_year_from_start('fiscal_year') }} as school_year,
    version,
    previous_version,
    recency = 1 as is_standing
from ordered
