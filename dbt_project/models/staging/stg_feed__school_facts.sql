select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    fiscal_year,
    org_id,
    fact,
    number_value,
    text_value
from {{ source('lake', 'feed__school_facts') }}
where received_at <= {{ received_until() }}
