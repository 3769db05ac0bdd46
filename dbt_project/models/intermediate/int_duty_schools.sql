-- A school is identified in a category without a break, whatever the reasons, once; it owes until its
-- designation or the school itself ends.
with designated as (
    select
        org_id,
        lea_id,
        category,
        reason,
        valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_until
    from {{ ref('dim_designation') }}
),

covered as (
    select
        *,
        max(valid_until) over (
            partition by org_id, category
            order by valid_from, valid_until, reason nulls last
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from designated
),

numbered as (
    select
        *,
        sum(case when covered_until >= valid_from then 0 else 1 end) over (
            partition by org_id, category
            order by valid_from, valid_until, reason nulls last
            rows between unbounded preceding and current row
        ) as island
    from covered
),

islands as (
    select
        org_id,
        category,
        max(lea_id) as lea_id,
        min(valid_from) as owed_from,
        nullif(max(valid_until), date '9999-12-31') as valid_to
    from numbered
    group by org_id, category, island
),

title1 as (
    select
        org_id,
        max_by(is_title1, school_year) as is_title1
    from {{ ref('int_designation_years') }}
    where is_title1 is not null
    group by org_id
),

ended as (
    select
        islands.org_id,
        islands.lea_id,
        islands.category,
        islands.owed_from,
        case
            when organization.closed_on < coalesce(islands.valid_to, date '9999-12-31')
                then organization.closed_on
            else islands.valid_to
        end as owed_until,
        coalesce(title1.is_title1, false) as is_title1
    from islands
    left join {{ ref('dim_organization') }} as organization on islands.org_id = organization.org_id
    left join title1 on islands.org_id = title1.org_id
)

select
    org_id,
    lea_id,
    category,
    owed_from,
    owed_until,
    is_title1
from ended
where owed_until is null or owed_until > owed_from
