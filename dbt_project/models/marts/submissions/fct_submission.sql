with timed as (
    select
        submission.*,
        periods.school_year,
        periods.due_on,
        {{ local_date('submission.received_at', 'of_state.time_zone') }} as received_on
    from {{ ref('stg_intake__submissions') }} as submission
    cross join {{ ref('stg_calendar') }} as of_state
    left join {{ ref('dim_period') }} as periods on submission.period = periods.period
),

standing as (
    select submission_id, count(*) as n_tables_standing
    from {{ ref('int_standing_tables') }}
    group by submission_id
)

select
    timed.submission_id,
    timed.lea_id,
    timed.period,
    timed.school_year,
    timed.received_at,
    timed.received_on,
    timed.due_on,
    timed.received_on > timed.due_on as is_late,
    case
        when timed.due_on is not null
            then greatest({{ days_between('timed.due_on', 'timed.received_on') }}, 0)
    end as days_late,
    timed.outcome,
    timed.refused_by,
    timed.refused_because,
    coalesce(standing.n_tables_standing, 0) as n_tables_standing,
    timed.outcome <> 'refused'
    and standing.submission_id is null
    and withdrawal.submission_id is null as is_superseded,
    withdrawal.submission_id is not null as is_withdrawn,
    withdrawal.withdrawn_from as withdrawn_at,
    withdrawal.withdrawn_because,
    withdrawal.withdrawn_by,
    timed.rows_read,
    timed.rows_accepted,
    timed.rows_rejected,
    timed.file_name,
    timed.file_sha256,
    timed.file_bytes,
    timed.template_version
from timed
left join standing on timed.submission_id = standing.submission_id
left join {{ ref('int_withdrawals') }} as withdrawal
    on
        timed.submission_id = withdrawal.submission_id
        and withdrawal.withdrawn_until is null
