select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    org_id,
    successor_id,
    kind,
    effective_on,
    carries_status,
    source
from {{ source('lake', 'feed__organization_links') }}
where received_at <= {{ received_until() }}
