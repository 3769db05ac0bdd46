select
    submission_id,
    lea_id,
    period,
    received_at,
    file_sha256,
    source_sheet,
    source_row,
    org_id,
    school_year,
    assures_csi_plans,
    assures_tsi_support,
    assures_monitoring,
    assures_partner_review,
    assures_alignment,
    assures_flexibility,
    assures_state_local_funds,
    narrative
from {{ source('lake', 'submission__application_1003') }}
where received_at <= {{ received_until() }}
