select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    chain_no,
    why_no,
    need_item_no,
    cause,
    category,
    is_actionable,
    evidence
from {{ source('lake', 'submission__root_causes') }}
where received_at <= {{ received_until() }}
