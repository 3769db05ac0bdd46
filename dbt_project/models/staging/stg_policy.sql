select
    parameter,
    value,
    from_year,
    until_year,
    citation,
    confirmed
from {{ source('lake', 'policy') }}
