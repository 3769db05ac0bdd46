select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    domain_code,
    strengths,
    weaknesses
from {{ source('lake', 'submission__self_reflection_notes') }}
where received_at <= {{ received_until() }}
