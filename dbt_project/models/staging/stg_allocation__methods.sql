select
    method,
    title,
    citation,
    confirmed,
    method_kind,
    fill,
    most_per_unit,
    minimum_answer,
    caps_requested,
    lea_cap,
    last_award,
    lea_retained_percent,
    years,
    planning_year_percent,
    continuing_schools,
    geography
from {{ source('lake', 'allocation__methods') }}
