select
    as_of,
    code_version,
    policy_sha256,
    archive_sha256,
    state,
    time_zone,
    school_year_first_month
from {{ source('lake', 'run') }}
