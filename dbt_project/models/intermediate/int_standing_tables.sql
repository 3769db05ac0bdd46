-- A later file for the same LEA and period supersedes the earlier, table by table: a file that holds
-- only some tables, or a table without one good row, leaves the earlier ones standing. A file that the
-- state withdrew does not stand, and the earlier ones stand again.
with ranked as (
    select
        held.lea_id,
        held.period,
        held.table_name,
        held.submission_id,
        held.received_at,
        row_number() over (
            partition by held.lea_id, held.period, held.table_name
            order by held.received_at desc, held.submission_id desc
        ) as recency
    from {{ ref('stg_intake__tables') }} as held
    inner join {{ ref('stg_intake__submissions') }} as submission
        on held.submission_id = submission.submission_id
    left join {{ ref('int_withdrawals') }} as withdrawal
        on
            held.submission_id = withdrawal.submission_id
            and withdrawal.withdrawn_until is null
    where
        submission.outcome in ('accepted', 'accepted_with_rejects')
        and held.rows_accepted > 0
        and withdrawal.submission_id is null
)

select
    lea_id,
    period,
    table_name,
    submission_id,
    received_at
from ranked
where recency = 1
