select
    submission_id,
    lea_id,
    period,
    received_at,
    file_name,
    file_sha256,
    file_bytes,
    outcome,
    refused_by,
    refused_because,
    rows_read,
    rows_accepted,
    rows_rejected,
    template_version
from {{ source('lake', 'intake__submissions') }}
where received_at <= {{ received_until() }}
