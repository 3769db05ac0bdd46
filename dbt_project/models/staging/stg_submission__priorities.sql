select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    priority_no,
    area,
    root_cause
from {{ source('lake', 'submission__priorities') }}
where received_at <= {{ received_until() }}
