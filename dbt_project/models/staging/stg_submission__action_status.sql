select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    action_code,
    status,
    percent_complete,
    completed_on,
    outputs_finished,
    spent_to_date,
    cause,
    adjustment
from {{ source('lake', 'submission__action_status') }}
where received_at <= {{ received_until() }}
