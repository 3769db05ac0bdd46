select
    method,
    from_fiscal_year,
    until_fiscal_year,
    citation,
    confirmed
from {{ source('lake', 'allocation__in_force') }}
