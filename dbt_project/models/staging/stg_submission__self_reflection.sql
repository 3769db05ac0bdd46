select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    respondent_no,
    element_code,
    level,
    evidence
from {{ source('lake', 'submission__self_reflection') }}
where received_at <= {{ received_until() }}
