select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    fiscal_year,
    reserve,
    amount,
    parts_acd_amount,
    national_acd_amount,
    published_limit,
    consulted_on,
    administration_amount
from {{ source('lake', 'feed__title1_other_reserves') }}
where received_at <= {{ received_until() }}
