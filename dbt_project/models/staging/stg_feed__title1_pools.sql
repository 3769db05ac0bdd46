select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    fiscal_year,
    lea_pool,
    state_share
from {{ source('lake', 'feed__title1_pools') }}
where received_at <= {{ received_until() }}
