-- A milestone at the end of a quarter: as of the quarter's last counted period, beside what the
-- organization itself reported for the quarter.
with last_periods as (
    select
        *,
        -- of the organization, not of the milestone: one dropped from the plan has no end of quarter
        rank() over (partition by org_id, quarter_id order by period desc) as recency
    from {{ ref('int_milestone_periods') }}
),

own_reports as (
    select
        report.*,
        periods.quarter_id,
        row_number() over (
            partition by report.org_id, periods.quarter_id, report.milestone_code
            order by report.period desc
        ) as recency
    from {{ ref('int_standing__milestone_reports') }} as report
    inner join {{ ref('dim_period') }} as periods on report.period = periods.period
),

counted as (
    select
        counted.*,
        counted.n_planned - counted.n_not_reported as n_known,
        own.actions_completed_pct as self_completed_pct,
        own.actions_on_time_pct as self_on_time_pct,
        own.actions_behind_pct as self_behind_pct,
        own.submission_id as self_submission_id,
        own.source_sheet as self_source_sheet,
        own.source_row as self_source_row
    from last_periods as counted
    left join own_reports as own
        on
            counted.org_id = own.org_id
            and counted.quarter_id = own.quarter_id
            and counted.milestone_code = own.milestone_code
            and own.recency = 1
    where counted.recency = 1
)

select
    counted.org_id,
    counted.lea_id,
    counted.school_year,
    counted.quarter_id,
    counted.period as as_of_period,
    counted.strategy_code,
    counted.milestone_code,
    counted.due_on,
    counted.is_reported,
    counted.n_actions,
    counted.n_planned,
    counted.n_not_reported,
    counted.n_completed,
    counted.n_due,
    counted.n_on_time,
    counted.n_due_on_time,
    counted.n_behind,
    counted.is_completed,
    counted.is_behind,
    {{ rate('100 * counted.n_completed', 'counted.n_known') }} as completed_pct,
    {{ rate('100 * counted.n_on_time', 'counted.n_known') }} as on_time_pct,
    {{ rate('100 * counted.n_behind', 'counted.n_known') }} as behind_pct,
    counted.self_completed_pct,
    counted.self_on_time_pct,
    counted.self_behind_pct,
    counted.self_completed_pct
    - {{ rate('100 * counted.n_completed', 'counted.n_known') }} as completed_pct_difference,
    counted.self_on_time_pct
    - {{ rate('100 * counted.n_on_time', 'counted.n_known') }} as on_time_pct_difference,
    counted.self_behind_pct
    - {{ rate('100 * counted.n_behind', 'counted.n_known') }} as behind_pct_difference,
    counted.self_submission_id,
    counted.self_source_sheet,
    counted.self_source_row
from counted
