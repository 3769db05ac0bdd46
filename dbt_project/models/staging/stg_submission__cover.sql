select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    template_version,
    prepared_by,
    prepared_on
from {{ source('lake', 'submission__cover') }}
where received_at <= {{ received_until() }}
