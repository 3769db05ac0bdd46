-- The statement that stands for a school and year: that year's own list, else the newest list that
-- speaks of the year.
with ranked as (
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
    exit_code
from ranked
where preference = 1
