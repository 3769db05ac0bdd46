select
    fiscal_year,
    amount,
    citation,
    confirmed
from {{ source('lake', 'allocation__appropriations') }}
