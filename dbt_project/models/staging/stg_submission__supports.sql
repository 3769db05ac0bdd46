select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    support_no,
    strategy_code,
    practice_code,
    description,
    needed_on,
    provided_on,
    provider,
    provider_kind,
    how_used,
    effectiveness
from {{ source('lake', 'submission__supports') }}
where received_at <= {{ received_until() }}
