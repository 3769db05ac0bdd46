select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    strategy_code,
    milestones_completed_pct,
    milestones_behind,
    cause_and_adjustment
from {{ source('lake', 'submission__strategy_reports') }}
where received_at <= {{ received_until() }}
