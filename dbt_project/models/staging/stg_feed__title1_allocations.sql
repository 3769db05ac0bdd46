select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    fiscal_year,
    version,
    lea_id,
    nces_lea_id,
    lea_name,
    amount_reported,
    amount,
    amount_received
from {{ source('lake', 'feed__title1_allocations') }}
where received_at <= {{ received_until() }}
