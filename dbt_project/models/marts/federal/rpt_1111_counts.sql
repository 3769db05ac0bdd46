-- How many schools are identified in a year (ESEA §1111(h)(1)(C)(i)(V), (h)(5)(C)), by category and
-- reason and together, and how many of them FS206 holds. Who exited has no reason any more and stands
-- in the row of all reasons.
with identified as (
    select
        school_year,
        org_id,
        category,
        reason,
        is_title1,
        is_reported
    from {{ ref('rpt_fs206') }}
    where category <> 'none'
),

rows_of as (
    select
        *,
        reason as counted_reason
    from identified
    union all
    select
        *,
        'all' as counted_reason
    from identified
),

entered as (
    select distinct
        org_id,
        school_year,
        category
    from {{ ref('fct_designation_event') }}
    where event_code in ('identified', 're_entered')
),

counts as (
    select
        rows_of.school_year,
        rows_of.category,
        rows_of.counted_reason as reason,
        count(*) as n_schools,
        count(*) filter (where rows_of.is_title1) as n_title1,
        count(entered.org_id) as n_new,
        count(*) filter (where rows_of.is_reported) as n_in_fs206
    from rows_of
    left join entered
        on
            rows_of.org_id = entered.org_id
            and rows_of.school_year = entered.school_year
            and rows_of.category = entered.category
    group by rows_of.school_year, rows_of.category, rows_of.counted_reason
),

exits as (
    select
        school_year,
        exited_category as category,
        'all' as reason,
        count(*) as n_exited
    from {{ ref('rpt_fs206') }}
    where exited_category <> 'none'
    group by school_year, exited_category
)

select
    coalesce(counts.school_year, exits.school_year) as school_year,
    coalesce(counts.category, exits.category) as category,
    coalesce(counts.reason, exits.reason, 'none_stated') as reason,
    coalesce(counts.n_schools, 0) as n_schools,
    coalesce(counts.n_title1, 0) as n_title1,
    coalesce(counts.n_new, 0) as n_new,
    coalesce(counts.n_in_fs206, 0) as n_in_fs206,
    case when coalesce(counts.reason, exits.reason) = 'all' then coalesce(exits.n_exited, 0) end as n_exited
from counts
full outer join exits
    on
        counts.school_year = exits.school_year
        and counts.category = exits.category
        and counts.reason = exits.reason
