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
    description,
    due_on
from {{ source('lake', 'submission__milestones') }}
where received_at <= {{ received_until() }}
