select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    fiscal_year,
    lea_id,
    reviewer,
    criterion,
    points,
    points_possible
from {{ source('lake', 'feed__reviewer_scores') }}
where received_at <= {{ received_until() }}
