select
    fiscal_year,
    group_kind,
    group_name,
    justification
from {{ source('lake', 'allocation__geography') }}
