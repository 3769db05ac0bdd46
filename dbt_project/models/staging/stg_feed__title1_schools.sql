select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    school_year,
    org_id,
    title1_status
from {{ source('lake', 'feed__title1_schools') }}
where received_at <= {{ received_until() }}
