select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    school_year,
    org_id,
    subgroup,
    index_value,
    n_students,
    grade_span,
    is_title1,
    is_alternative
from {{ source('lake', 'feed__summative_results') }}
where received_at <= {{ received_until() }}
