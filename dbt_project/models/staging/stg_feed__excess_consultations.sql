select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    fiscal_year,
    consulted_on,
    record
from {{ source('lake', 'feed__excess_consultations') }}
where received_at <= {{ received_until() }}
