-- Spans are islands of consecutive school years with the same category and reason. They are half-open:
-- valid_to_year is the first school year without it, null while the newest list still holds it.
with stated as (
    select
        org_id,
        category,
        reason,
        list_year,
        official_status,
        school_year,
        {{ start_of_school_year('school_year') }} as start_year
    from {{ ref('int_designation_years') }}
    where category <> 'none'
),

newest as (
    select max({{ start_of_school_year('school_year') }}) as start_year
    from {{ ref('int_designation_years') }}
),

islands as (
    select
        *,
        start_year - row_number() over (
            partition by org_id, category, reason order by start_year
        ) as island
    from stated
),

spans as (
    select
        org_id,
        category,
        reason,
        min(start_year) as first_start,
        max(start_year) as last_start,
        count(*) as n_years,
        min_by(official_status, start_year) as official_status,
        min_by(list_year, start_year) as first_list_year
    from islands
    group by org_id, category, reason, island
)

select
    spans.org_id,
    organization.lea_id,
    spans.category,
    spans.reason,
    {{ school_year_from_start('spans.first_start') }} as valid_from_year,
    case
        when spans.last_start < newest.start_year
            then {{ school_year_from_start('(spans.last_start + 1)') }}
    end as valid_to_year,
    make_date(cast(spans.first_start as integer), cast(run.school_year_first_month as integer), 1)
        as valid_from,
    case
        when spans.last_start < newest.start_year
            then
                make_date(
                    cast(spans.last_start + 1 as integer), cast(run.school_year_first_month as integer), 1
                )
    end as valid_to,
    spans.n_years,
    spans.official_status,
    spans.first_list_year,
    organization.org_id is not null as is_in_directory
from spans
cross join newest
cross join {{ ref('stg_run') }} as run
left join {{ ref('dim_organization') }} as organization on spans.org_id = organization.org_id
