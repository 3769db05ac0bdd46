-- Vintages of the directory hold different columns: each attribute comes from the newest vintage
-- that has it.
with vintages as (
    select
        *,
        cast(effective_on as string) || ' ' || cast(received_at as string) || ' ' || source_file as recency
    from {{ ref('stg_feed__directory') }}
),

listed as (
    select
        org_id,
        max_by(org_level, recency) filter (where org_level is not null) as org_level,
        max_by(lea_id, recency) filter (where lea_id is not null) as lea_id,
        max_by(org_name, recency) filter (where org_name is not null) as org_name,
        max_by(region, recency) filter (where region is not null) as region,
        max_by(status, recency) filter (where status is not null) as status,
        max_by(opened_on, recency) filter (where opened_on is not null) as opened_on,
        -- DuckDB's max_by passes over rows whose first argument is null, Spark's does not: so each of these
        -- says what it passes over. Here a null says that the school is open again
        cast(
            nullif(
                max_by(coalesce(cast(closed_on as string), ''), recency)
                filter (where status is not null),
                ''
            ) as date
        ) as closed_on,
        max_by(is_charter, recency) filter (where is_charter is not null) as is_charter,
        max_by(school_type, recency) filter (where school_type is not null) as school_type,
        max_by(grades_served, recency) filter (where grades_served is not null) as grades_served,
        max_by(nces_lea_id, recency) filter (where nces_lea_id is not null) as nces_lea_id,
        max_by(nces_school_id, recency) filter (where nces_school_id is not null) as nces_school_id,
        min(effective_on) as first_listed_on,
        max(effective_on) as last_listed_on
    from vintages
    group by org_id
)

select
    listed.org_id,
    listed.org_level,
    listed.lea_id,
    listed.org_name,
    lea.org_name as lea_name,
    coalesce(listed.region, lea.region) as region,
    listed.status,
    listed.opened_on,
    listed.closed_on,
    listed.is_charter,
    listed.school_type,
    listed.grades_served,
    coalesce(listed.nces_lea_id, lea.nces_lea_id) as nces_lea_id,
    listed.nces_school_id,
    listed.first_listed_on,
    listed.last_listed_on
from listed
left join listed as lea on listed.lea_id = lea.org_id
