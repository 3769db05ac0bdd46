-- What is told of duties: by LEAs in their files (told_by lea), by the state in its own record (sea).
-- told_for is the day by which a statement finds the time it speaks of: the day it was done, but for a
-- day after the month of the file that first tells it the end of that month; where no day is told the
-- end of the file's month.
with reported as (
    select
        told.org_id,
        told.duty_code,
        told.done_on,
        told.approved_by,
        told.approved_on,
        told.evidence,
        coalesce(told.done_on, told.approved_on) as told_day,
        told.submission_id,
        told.source_sheet,
        told.source_row,
        periods.period_end
    from {{ ref('int_standing__duties') }} as told
    inner join {{ ref('dim_period') }} as periods on told.period = periods.period
),

first_told as (
    select
        *,
        min(period_end) over (partition by org_id, duty_code, told_day) as first_end
    from reported
)

select
    org_id,
    duty_code,
    'lea' as told_by,
    case
        when told_day is null then period_end
        else least(told_day, first_end)
    end as told_for,
    period_end as told_in,
    done_on,
    approved_by,
    approved_on,
    evidence,
    submission_id,
    cast(null as string) as source_file,
    source_sheet,
    source_row
from first_told
union all
select
    org_id,
    duty_code,
    'sea' as told_by,
    done_on as told_for,
    cast(null as date) as told_in,
    done_on,
    approved_by,
    cast(null as date) as approved_on,
    evidence,
    cast(null as string) as submission_id,
    source_file,
    source_sheet,
    source_row
from {{ ref('stg_feed__state_actions') }}
