-- The day that the night is of, where the state is. What counts days reads it here and not in stg_run, so
-- that two nights of one day, and what does not change from day to day, read the same.
select {{ local_date('run.as_of', 'of_state.time_zone') }} as today
from {{ ref('stg_run') }} as run
cross join {{ ref('stg_calendar') }} as of_state
