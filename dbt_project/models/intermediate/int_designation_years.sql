-- The statement that stands for a school and year: that of the year's own list; only for a year without
-- one, that of the newest list that speaks of it. A school that the year's own list leaves out has none.
with own_lists as (
    select distinct list_year
    from {{ ref('stg_feed__designations') }}
),

ranked as (
    select
        org_id,
        school_year,
        list_year,
        category,
        reason,
        official_status,
        is_title1,
        subgroups,
        exit_code,
        exited_category,
        exit_criteria,
        enrollment,
        org_name,
        source_file,
        source_sheet,
        source_row,
        received_at,
        row_number() over (
            partition by org_id, school_year
            order by
                case when list_year = school_year then 0 else 1 end,
                list_year desc,
                received_at desc,
                source_file asc,
                source_row asc
        ) as preference
    from {{ ref('stg_feed__designations') }}
    where
        list_year = school_year
        or school_year not in (select own_lists.list_year from own_lists)
)

select
    org_id,
    school_year,
    list_year,
    category,
    reason,
    official_status,
    is_title1,
    subgroups,
    exit_code,
    exited_category,
    exit_criteria,
    enrollment,
    org_name,
    source_file,
    source_sheet,
    source_row,
    received_at
from ranked
where preference = 1
