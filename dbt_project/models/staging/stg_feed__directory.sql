select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    effective_on,
    org_id,
    org_level,
    lea_id,
    org_name,
    region,
    status,
    opened_on,
    closed_on,
    is_charter,
    school_type,
    grades_served,
    nces_lea_id,
    nces_school_id
from {{ source('lake', 'feed__directory') }}
where received_at <= {{ received_until() }}
