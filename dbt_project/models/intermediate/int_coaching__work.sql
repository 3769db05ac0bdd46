-- What the month's own reports raise: silent months, milestones behind, actions that are stuck or that were
-- completed without an output.
with quarters as (
    select * from {{ ref('int_coaching_quarters') }}
),

silent as (
    select
        org_id,
        quarter_id,
        count(*) as n_periods,
        count(*) filter (where not is_reported) as n_silent,
        {{ joined_texts('case when not is_reported then period end', ', ', 'period') }} as silent_periods
    from {{ ref('int_organization_periods') }}
    group by org_id, quarter_id
),

-- a stuck month that follows a stuck one has the same difference of the two numbers
stuck as (
    select
        org_id,
        school_year,
        period,
        action_code,
        due_on,
        period_no - row_number() over of_action as streak
    from {{ ref('int_action_states') }}
    where is_stuck
    window of_action as (partition by org_id, school_year, action_code order by period)
),

stuck_so_far as (
    select
        org_id,
        period,
        action_code,
        due_on,
        row_number() over of_streak as n_periods,
        min(period) over of_streak as since_period
    from stuck
    window of_streak as (
        partition by org_id, school_year, action_code, streak order by period
        rows between unbounded preceding and current row
    )
),

first_outputs as (
    select
        reported.org_id,
        periods.school_year,
        reported.action_code,
        min(reported.period) as period
    from {{ ref('int_standing__action_status') }} as reported
    inner join {{ ref('dim_period') }} as periods on reported.period = periods.period
    where trim(reported.outputs_finished) <> ''
    group by reported.org_id, periods.school_year, reported.action_code
),

completed as (
    select
        quarters.org_id,
        quarters.quarter_id,
        counted.action_code,
        counted.completed_on,
        counted.submission_id,
        counted.source_sheet,
        counted.source_row,
        coalesce(first_outputs.period > quarters.as_of_period, true) as is_without_output,
        count(*) over of_quarter as n_completed,
        sum(case when coalesce(first_outputs.period > quarters.as_of_period, true) then 1 else 0 end)
            over of_quarter as n_without_output
    from quarters
    inner join {{ ref('fct_action_status') }} as counted
        on quarters.org_id = counted.org_id and quarters.as_of_period = counted.period
    left join first_outputs
        on
            counted.org_id = first_outputs.org_id
            and counted.school_year = first_outputs.school_year
            and counted.action_code = first_outputs.action_code
    where counted.is_completed
    window of_quarter as (partition by quarters.org_id, quarters.quarter_id)
)

select
    {{ raised_item("'silent_months'", "'organization'", "'reports'", 'silent.n_silent',
        n='silent.n_silent', of='silent.n_periods', list='silent.silent_periods') }}
from quarters as at_quarter
inner join silent on at_quarter.org_id = silent.org_id and at_quarter.quarter_id = silent.quarter_id
where silent.n_silent > 0

union all

select
    {{ raised_item("'milestone_behind'", "'milestone'", 'late.milestone_code',
        days_between('late.due_on', 'at_quarter.period_end'), n='late.n_completed', of='late.n_planned - late.n_not_reported',
        other='late.n_behind', day='late.due_on', lineage='stated') }}
from quarters as at_quarter
inner join {{ ref('fct_milestone_quarter') }} as late
    on at_quarter.org_id = late.org_id and at_quarter.quarter_id = late.quarter_id
left join {{ ref('int_standing__milestones') }} as stated
    on
        at_quarter.org_id = stated.org_id
        and at_quarter.milestones_period = stated.period
        and late.milestone_code = stated.milestone_code
where late.is_behind

union all

select
    {{ raised_item("'action_stuck'", "'action'", 'stuck_so_far.action_code', 'stuck_so_far.n_periods',
        n='stuck_so_far.n_periods', day='stuck_so_far.due_on', since='stuck_so_far.since_period',
        lineage='stated') }}
from quarters as at_quarter
inner join stuck_so_far
    on at_quarter.org_id = stuck_so_far.org_id and at_quarter.as_of_period = stuck_so_far.period
inner join {{ ref('fct_action_status') }} as stated
    on
        stuck_so_far.org_id = stated.org_id
        and stuck_so_far.period = stated.period
        and stuck_so_far.action_code = stated.action_code
inner join {{ ref('coaching_triggers') }} as setting
    on setting.trigger_id = 'action_stuck' and stuck_so_far.n_periods >= setting.threshold

union all

select
    {{ raised_item("'action_without_output'", "'action'", 'completed.action_code',
        days_between('completed.completed_on', 'at_quarter.period_end'), n='completed.n_without_output', of='completed.n_completed',
        day='completed.completed_on', lineage='completed') }}
from quarters as at_quarter
inner join completed on at_quarter.org_id = completed.org_id and at_quarter.quarter_id = completed.quarter_id
where completed.is_without_output
