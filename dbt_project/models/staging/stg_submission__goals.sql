select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    goal_code,
    statement,
    explanation
from {{ source('lake', 'submission__goals') }}
where received_at <= {{ received_until() }}
