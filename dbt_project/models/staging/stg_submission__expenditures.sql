select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    fund_source,
    spent_to_date,
    comment
from {{ source('lake', 'submission__expenditures') }}
where received_at <= {{ received_until() }}
