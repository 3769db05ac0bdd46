select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    action_code,
    description,
    anticipated_outputs,
    start_on,
    due_on,
    budget,
    fund_source,
    person_responsible,
    collaborators
from {{ source('lake', 'submission__actions') }}
where received_at <= {{ received_until() }}
