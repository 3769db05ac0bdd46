select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    org_id,
    duty_code,
    done_on,
    approved_by,
    evidence
from {{ source('lake', 'feed__state_actions') }}
where received_at <= {{ received_until() }}
