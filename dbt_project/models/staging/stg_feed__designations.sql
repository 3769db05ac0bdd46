select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    list_year,
    org_id,
    school_year,
    category,
    reason,
    official_status,
    is_title1,
    exit_code,
    exited_category,
    exit_criteria,
    subgroups,
    enrollment,
    org_name
from {{ source('lake', 'feed__designations') }}
where received_at <= {{ received_until() }}
