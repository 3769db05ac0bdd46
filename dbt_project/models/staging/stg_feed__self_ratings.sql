select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    school_year,
    lea_id,
    indicator,
    rating
from {{ source('lake', 'feed__self_ratings') }}
where received_at <= {{ received_until() }}
