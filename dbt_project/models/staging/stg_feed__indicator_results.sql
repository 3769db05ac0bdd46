select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    school_year,
    indicator,
    org_id,
    org_scope,
    subgroup,
    numerator,
    denominator,
    rate,
    prior_numerator,
    prior_denominator,
    prior_rate,
    method,
    is_alternative,
    marker
from {{ source('lake', 'feed__indicator_results') }}
where received_at <= {{ received_until() }}
