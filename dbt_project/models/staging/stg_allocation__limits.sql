select
    method,
    limit_kind,
    category,
    amount
from {{ source('lake', 'allocation__limits') }}
