select
    submission_id,
    lea_id,
    period,
    received_at,
    table_name,
    rows_read,
    rows_accepted,
    rows_rejected
from {{ source('lake', 'intake__tables') }}
where received_at <= {{ received_until() }}
