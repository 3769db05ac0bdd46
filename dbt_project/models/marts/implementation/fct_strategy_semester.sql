-- A strategy at the end of a semester: as of the semester's last counted period, beside what the
-- organization itself reported for the semester.
with last_periods as (
    select
        *,
        -- of the organization, not of the strategy: one dropped from the plan has no end of semester
        rank() over (partition by org_id, semester_id order by period desc) as recency
    from {{ ref('int_strategy_periods') }}
),

own_reports as (
    select
        report.*,
        periods.semester_id,
        row_number() over (
            partition by report.org_id, periods.semester_id, report.strategy_code
            order by report.period desc
        ) as recency
    from {{ ref('int_standing__strategy_reports') }} as report
    inner join {{ ref('dim_period') }} as periods on report.period = periods.period
)

select
    counted.org_id,
    counted.lea_id,
    counted.school_year,
    counted.semester_id,
    counted.period as as_of_period,
    counted.strategy_code,
    counted.is_reported,
    counted.n_milestones,
    counted.n_milestones_completed,
    counted.n_milestones_behind,
    counted.n_actions,
    counted.n_planned,
    counted.n_not_reported,
    counted.n_completed,
    counted.n_due,
    counted.n_on_time,
    counted.n_due_on_time,
    counted.n_behind,
    case
        when counted.is_reported
            then {{ rate('100 * counted.n_milestones_completed', 'counted.n_milestones') }}
    end as milestones_completed_pct,
    own.milestones_completed_pct as self_milestones_completed_pct,
    own.milestones_behind as self_milestones_behind,
    case
        when counted.is_reported
            then
                own.milestones_completed_pct
                - {{ rate('100 * counted.n_milestones_completed', 'counted.n_milestones') }}
    end as milestones_completed_pct_difference,
    case
        when counted.is_reported then own.milestones_behind - counted.n_milestones_behind
    end as milestones_behind_difference,
    own.submission_id as self_submission_id,
    own.source_sheet as self_source_sheet,
    own.source_row as self_source_row
from last_periods as counted
left join own_reports as own
    on
        counted.org_id = own.org_id
        and counted.semester_id = own.semester_id
        and counted.strategy_code = own.strategy_code
        and own.recency = 1
where counted.recency = 1
