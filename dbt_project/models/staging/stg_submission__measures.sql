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
    indicator,
    data_source,
    unit,
    direction,
    baseline_year,
    baseline,
    target_y1,
    target_y2,
    target_y3
from {{ source('lake', 'submission__measures') }}
where received_at <= {{ received_until() }}
