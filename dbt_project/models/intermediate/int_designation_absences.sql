-- What the directory says of an organization in a school year that the lists speak of: by the first
-- vintage with statuses of that year or later, else by the last one before. A closing day after that
-- year is not its closing.
with vintages as (
    select distinct effective_on
    from {{ ref('stg_feed__directory') }}
    where status is not null
),

looks as (
    select
        calendar.school_year,
        calendar.next_first_day,
        vintages.effective_on,
        row_number() over (
            partition by calendar.school_year
            order by
                case when vintages.effective_on >= calendar.first_day then 0 else 1 end,
                case when vintages.effective_on >= calendar.first_day then vintages.effective_on end asc,
                vintages.effective_on desc
        ) as preference
    from {{ ref('int_designation_calendar') }} as calendar
    cross join vintages
)

select
    looks.school_year,
    directory.org_id,
    directory.status as absence,
    directory.closed_on,
    directory.effective_on as seen_on,
    directory.source_file,
    directory.source_row
from looks
inner join {{ ref('stg_feed__directory') }} as directory on looks.effective_on = directory.effective_on
where
    looks.preference = 1
    and directory.status in ('closed', 'merged')
    and coalesce(directory.closed_on < looks.next_first_day, true)
