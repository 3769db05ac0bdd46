select
    method,
    used_for,
    line_no,
    label,
    unit,
    count_fact,
    amount,
    is_requested,
    weight,
    n_conditions
from {{ source('lake', 'allocation__lines') }}
