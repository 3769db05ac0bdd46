-- An organization has a plan from the first period of the school year whose file states its actions.
-- From then on every period counts that it reported, or that it owed and is past due: a silent month
-- is a row with is_reported false, never a missing row.
with stated_actions as (
    select distinct org_id, lea_id, period
    from {{ ref('int_standing__actions') }}
),

stated_milestones as (
    select distinct org_id, period
    from {{ ref('int_standing__milestones') }}
),

reported as (
    select distinct org_id, period
    from {{ ref('int_standing__action_status') }}
),

plan_years as (
    select
        stated_actions.org_id,
        periods.school_year,
        min(stated_actions.period) as first_period
    from stated_actions
    inner join {{ ref('dim_period') }} as periods on stated_actions.period = periods.period
    group by stated_actions.org_id, periods.school_year
),

every_period as (
    select
        plan_years.org_id,
        plan_years.school_year,
        periods.period,
        periods.period_end,
        periods.quarter_id,
        periods.semester_id,
        periods.is_due,
        stated_actions.lea_id,
        reported.org_id is not null as is_reported,
        stated_actions.period as actions_stated,
        stated_milestones.period as milestones_stated
    from plan_years
    inner join {{ ref('dim_period') }} as periods
        on
            plan_years.school_year = periods.school_year
            and plan_years.first_period <= periods.period
    left join stated_actions
        on plan_years.org_id = stated_actions.org_id and periods.period = stated_actions.period
    left join stated_milestones
        on plan_years.org_id = stated_milestones.org_id and periods.period = stated_milestones.period
    left join reported
        on plan_years.org_id = reported.org_id and periods.period = reported.period
),

carried as (
    select
        *,
        max(actions_stated) over plan_so_far as actions_period,
        max(milestones_stated) over plan_so_far as milestones_period
    from every_period
    window plan_so_far as (
        partition by org_id, school_year order by period
        rows between unbounded preceding and current row
    )
)

select
    carried.org_id,
    plan.lea_id,
    carried.school_year,
    carried.period,
    carried.period_end,
    carried.quarter_id,
    carried.semester_id,
    carried.is_reported,
    carried.actions_period,
    carried.milestones_period
from carried
inner join stated_actions as plan
    on carried.org_id = plan.org_id and carried.actions_period = plan.period
left join {{ ref('int_expected_leas') }} as owed
    on plan.lea_id = owed.lea_id and carried.period = owed.period
where
    carried.is_reported
    or (owed.lea_id is not null and carried.is_due)
