select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    item_no,
    kind,
    statement,
    evidence,
    practice_code
from {{ source('lake', 'submission__needs') }}
where received_at <= {{ received_until() }}
