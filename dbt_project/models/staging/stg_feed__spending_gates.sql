select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    fiscal_year,
    gate_on,
    percent,
    citation
from {{ source('lake', 'feed__spending_gates') }}
where received_at <= {{ received_until() }}
