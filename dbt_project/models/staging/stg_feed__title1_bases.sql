select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    fiscal_year,
    lea_id,
    base_amount,
    base_reason,
    explanation
from {{ source('lake', 'feed__title1_bases') }}
where received_at <= {{ received_until() }}
