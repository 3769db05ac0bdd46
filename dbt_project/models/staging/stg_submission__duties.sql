select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    duty_code,
    done_on,
    approved_by,
    approved_on,
    evidence
from {{ source('lake', 'submission__duties') }}
where received_at <= {{ received_until() }}
