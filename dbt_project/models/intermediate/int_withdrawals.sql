-- A withdrawal holds from its own time until the file is restored: what stood as of any time between
-- two decisions can be made again.
with decided as (
    select
        submission_id,
        decided_at,
        decision,
        reason,
        decided_by,
        lead(decided_at) over (partition by submission_id order by decided_at) as next_decided_at
    from {{ ref('stg_intake__withdrawals') }}
)

select
    submission_id,
    decided_at as withdrawn_from,
    next_decided_at as withdrawn_until,
    reason as withdrawn_because,
    decided_by as withdrawn_by
from decided
where decision = 'withdraw'
