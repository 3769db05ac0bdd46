select
    source_file,
    file_sha256,
    received_at,
    feed,
    table_name,
    outcome,
    message,
    source_sheet,
    header_row,
    rows_read,
    rows_loaded,
    rows_rejected,
    notes_dropped
from {{ source('lake', 'feed__files') }}
where received_at <= {{ received_until() }}
