select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    milestone_code,
    actions_completed_pct,
    actions_on_time_pct,
    actions_behind_pct,
    outputs_completed,
    cause_and_adjustment,
    resources_used,
    comments
from {{ source('lake', 'submission__milestone_reports') }}
where received_at <= {{ received_until() }}
