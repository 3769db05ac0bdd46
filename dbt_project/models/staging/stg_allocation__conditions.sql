select
    method,
    used_for,
    line_no,
    condition_no,
    fact,
    codes,
    not_codes,
    from_number,
    above_number,
    until_number,
    at_most_number
from {{ source('lake', 'allocation__conditions') }}
