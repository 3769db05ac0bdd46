select
    time_zone,
    school_year_first_month
from {{ source('lake', 'calendar') }}
