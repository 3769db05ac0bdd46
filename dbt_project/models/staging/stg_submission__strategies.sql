select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    strategy_code,
    if_we,
    then_adults,
    and_students,
    goal_code,
    practice_codes,
    evidence_tier,
    fund_sources,
    start_on,
    end_on
from {{ source('lake', 'submission__strategies') }}
where received_at <= {{ received_until() }}
