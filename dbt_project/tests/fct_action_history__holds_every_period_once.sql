{{ config(meta={'dagster': {'ref': {'name': 'fct_action_history'}}}) }}
-- What: an action whose runs do not hold each of its counted periods once, or whose runs overlap.
-- Why: months stuck and slips would be counted twice or not at all.
-- Fix: look at the run numbers of int_action_states for the action.
with counted as (
    select org_id, school_year, action_code, count(*) as n_periods
    from {{ ref('fct_action_status') }}
    group by org_id, school_year, action_code
),

runs as (
    select
        org_id,
        school_year,
        action_code,
        n_periods,
        valid_from_period,
        lag(valid_to_period) over (
            partition by org_id, school_year, action_code order by valid_from_period
        ) as end_of_run_before,
        lag(run_no) over (
            partition by org_id, school_year, action_code order by valid_from_period
        ) as run_no_before
    from {{ ref('fct_action_history') }}
),

held as (
    select
        org_id,
        school_year,
        action_code,
        sum(n_periods) as n_periods,
        -- a run after another begins where that ended, or later: the first one before it has an end
        count(*) filter (
            where
            run_no_before is not null
            and coalesce(end_of_run_before > valid_from_period, true)
        ) as n_overlaps
    from runs
    group by org_id, school_year, action_code
)

select
    coalesce(counted.org_id, held.org_id) as org_id,
    coalesce(counted.action_code, held.action_code) as action_code,
    counted.n_periods,
    held.n_periods as n_periods_in_runs,
    held.n_overlaps
from counted
full outer join held
    on
        counted.org_id = held.org_id
        and counted.school_year = held.school_year
        and counted.action_code = held.action_code
where counted.n_periods is distinct from held.n_periods or held.n_overlaps > 0
