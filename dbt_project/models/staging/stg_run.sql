select
    as_of,
    code_version,
    policy_sha256,
    archive_sha256,
    state
from {{ source('lake', 'run') }}
