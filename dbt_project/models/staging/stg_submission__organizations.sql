select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    org_level,
    vision,
    mission,
    purpose,
    plan_date,
    update_date,
    update_summary
from {{ source('lake', 'submission__organizations') }}
where received_at <= {{ received_until() }}
