select
    submission_id,
    decided_at,
    decision,
    reason,
    decided_by
from {{ source('lake', 'intake__withdrawals') }}
where decided_at <= {{ received_until() }}
