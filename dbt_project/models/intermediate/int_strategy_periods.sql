select
    org_id,
    lea_id,
    school_year,
    period,
    quarter_id,
    semester_id,
    strategy_code,
    is_reported,
    cast(sum(n_actions) as bigint) as n_actions,
    cast(sum(n_planned) as bigint) as n_planned,
    cast(sum(n_not_reported) as bigint) as n_not_reported,
    cast(sum(n_completed) as bigint) as n_completed,
    cast(sum(n_due) as bigint) as n_due,
    cast(sum(n_on_time) as bigint) as n_on_time,
    cast(sum(n_due_on_time) as bigint) as n_due_on_time,
    cast(sum(n_behind) as bigint) as n_behind,
    cast(sum(n_discontinued) as bigint) as n_discontinued,
    count(*) as n_milestones,
    count(*) filter (where is_completed) as n_milestones_completed,
    count(*) filter (where is_behind) as n_milestones_behind
from {{ ref('int_milestone_periods') }}
group by
    org_id, lea_id, school_year, period, quarter_id, semester_id, strategy_code, is_reported
