select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    award_id,
    fiscal_year,
    org_id,
    lea_id,
    recipient_id,
    recipient_kind,
    amount,
    first_fiscal_year,
    years,
    has_planning_year,
    is_direct_service,
    lea_approved_on,
    justification
from {{ source('lake', 'feed__subgrants') }}
where received_at <= {{ received_until() }}
