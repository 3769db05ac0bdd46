-- The state of an action in a period is its latest status reported for a period up to it, in the same
-- school year. An organization that did not report has not_reported actions: nothing is carried.
with planned as (
    select
        organization_period.org_id,
        organization_period.lea_id,
        organization_period.school_year,
        organization_period.period,
        organization_period.period_end,
        organization_period.is_reported as is_org_reported,
        plan.action_code,
        plan.due_on,
        plan.budget,
        plan.submission_id as plan_submission_id,
        plan.source_sheet as plan_source_sheet,
        plan.source_row as plan_source_row
    from {{ ref('int_organization_periods') }} as organization_period
    inner join {{ ref('int_standing__actions') }} as plan
        on
            organization_period.org_id = plan.org_id
            and organization_period.actions_period = plan.period
),

-- Which period an action's status is of, from keys alone: this runs over every action and period, so it
-- carries nothing that it does not need.
status_periods as (
    select
        organization_period.org_id,
        organization_period.period,
        plan.action_code,
        max(stated.period) over (
            partition by organization_period.org_id, organization_period.school_year, plan.action_code
            order by organization_period.period
            rows between unbounded preceding and current row
        ) as status_period
    from {{ ref('int_organization_periods') }} as organization_period
    inner join {{ ref('int_standing__actions') }} as plan
        on
            organization_period.org_id = plan.org_id
            and organization_period.actions_period = plan.period
    left join {{ ref('int_standing__action_status') }} as stated
        on
            organization_period.org_id = stated.org_id
            and organization_period.period = stated.period
            and plan.action_code = stated.action_code
),

-- Nearly every status is of the period itself; the few that are carried stand beside those.
statuses as (
    select
        org_id,
        period,
        action_code,
        period as status_period,
        status,
        percent_complete,
        completed_on,
        spent_to_date,
        submission_id,
        source_sheet,
        source_row
    from {{ ref('int_standing__action_status') }}
    union all
    select
        carried.org_id,
        carried.period,
        carried.action_code,
        carried.status_period,
        stated.status,
        stated.percent_complete,
        stated.completed_on,
        stated.spent_to_date,
        stated.submission_id,
        stated.source_sheet,
        stated.source_row
    from status_periods as carried
    inner join {{ ref('int_standing__action_status') }} as stated
        on
            carried.org_id = stated.org_id
            and carried.status_period = stated.period
            and carried.action_code = stated.action_code
    where carried.status_period < carried.period
),

known as (
    select
        planned.*,
        statuses.status_period,
        statuses.status as last_status,
        planned.is_org_reported and statuses.status is not null as is_reported,
        statuses.percent_complete,
        statuses.completed_on,
        statuses.spent_to_date,
        statuses.submission_id,
        statuses.source_sheet,
        statuses.source_row
    from planned
    left join statuses
        on
            planned.org_id = statuses.org_id
            and planned.period = statuses.period
            and planned.action_code = statuses.action_code
),

defined as (
    select
        *,
        case when is_reported then last_status else 'not_reported' end as status,
        -- what was dropped stays dropped; only progress is not carried over silence
        coalesce(last_status, '') <> 'discontinued' as is_planned,
        is_reported and last_status = 'completed' as is_completed,
        is_reported and last_status <> 'discontinued' and due_on <= period_end as is_due,
        is_reported and last_status = 'completed' and coalesce(completed_on <= due_on, false)
            as is_on_time
    from known
)

select
    org_id,
    lea_id,
    school_year,
    period,
    {{ parent_code(parent_code('action_code')) }} as strategy_code,
    {{ parent_code('action_code') }} as milestone_code,
    action_code,
    due_on,
    budget,
    status,
    case when is_reported then status_period end as status_period,
    is_reported,
    is_planned,
    is_completed,
    is_due,
    is_on_time,
    (is_due and not is_completed) or (is_reported and last_status = 'delayed') as is_behind,
    case when is_reported then percent_complete end as percent_complete,
    case when is_reported then completed_on end as completed_on,
    case when is_reported then spent_to_date end as spent_to_date,
    case when is_reported then submission_id end as submission_id,
    case when is_reported then source_sheet end as source_sheet,
    case when is_reported then source_row end as source_row,
    plan_submission_id,
    plan_source_sheet,
    plan_source_row
from defined
