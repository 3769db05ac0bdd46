select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    amount,
    years,
    has_planning_year,
    strategy_types,
    evidence_tiers
from {{ source('lake', 'submission__requests_1003') }}
where received_at <= {{ received_until() }}
