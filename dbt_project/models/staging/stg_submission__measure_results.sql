select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    parent_code,
    measure_no,
    school_year,
    actual,
    n_students,
    explanation,
    adjustment
from {{ source('lake', 'submission__measure_results') }}
where received_at <= {{ received_until() }}
