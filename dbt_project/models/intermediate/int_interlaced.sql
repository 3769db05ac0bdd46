-- Both sides of each organization's work on a code in a school year: its actions as of its last counted
-- period of the year, and the year's progress of the goal measures tied to the code.
with last_periods as (
    select org_id, school_year, max(period) as period
    from {{ ref('int_organization_periods') }}
    group by org_id, school_year
),

implementation as (
    select implementation.*
    from {{ ref('int_implementation_organizations') }} as implementation
    inner join last_periods
        on
            implementation.org_id = last_periods.org_id
            and implementation.period = last_periods.period
    where implementation.code_level in ('practice', 'domain', 'all')
),

outcomes as (
    select *
    from {{ ref('rpt_outcomes') }}
    where
        scope_level = 'organization'
        and measure_kind = 'goal'
        and code_level in ('practice', 'domain', 'all')
),

leas as (
    select org_id, school_year, max(lea_id) as lea_id
    from {{ ref('fct_measure_year') }}
    group by org_id, school_year
),

sides as (
    select
        coalesce(implementation.org_id, outcomes.scope_id) as org_id,
        implementation.lea_id,
        coalesce(implementation.school_year, outcomes.school_year) as school_year,
        coalesce(implementation.code_level, outcomes.code_level) as code_level,
        coalesce(implementation.code, outcomes.code) as code,
        implementation.org_id is not null as is_in_plan,
        implementation.period as as_of_period,
        implementation.is_reported,
        coalesce(implementation.n_strategies, 0) as n_strategies,
        coalesce(implementation.n_planned, 0) as n_planned,
        coalesce(implementation.n_not_reported, 0) as n_not_reported,
        coalesce(implementation.n_completed, 0) as n_completed,
        coalesce(implementation.n_due, 0) as n_due,
        coalesce(implementation.n_due_on_time, 0) as n_due_on_time,
        coalesce(implementation.n_behind, 0) as n_behind,
        coalesce(outcomes.n_measures, 0) as n_measures,
        coalesce(outcomes.n_figures, 0) as n_figures,
        coalesce(outcomes.n_reported, 0) as n_reported,
        coalesce(outcomes.n_suppressed, 0) as n_suppressed,
        coalesce(outcomes.n_readable, 0) as n_readable,
        coalesce(outcomes.n_met, 0) as n_met,
        coalesce(outcomes.n_with_progress, 0) as n_with_progress,
        outcomes.median_progress
    from implementation
    full outer join outcomes
        on
            implementation.org_id = outcomes.scope_id
            and implementation.school_year = outcomes.school_year
            and implementation.code_level = outcomes.code_level
            and implementation.code = outcomes.code
)

select
    sides.org_id,
    coalesce(sides.lea_id, leas.lea_id) as lea_id,
    sides.school_year,
    sides.code_level,
    sides.code,
    sides.is_in_plan,
    sides.as_of_period,
    sides.is_reported,
    sides.n_strategies,
    sides.n_planned,
    sides.n_not_reported,
    sides.n_completed,
    sides.n_due,
    sides.n_due_on_time,
    sides.n_behind,
    {{ rate('sides.n_due_on_time', 'sides.n_due') }} as on_time_rate,
    {{ rate('sides.n_behind', '(sides.n_planned - sides.n_not_reported)') }} as behind_rate,
    {{ rate('sides.n_completed', '(sides.n_planned - sides.n_not_reported)') }} as completed_rate,
    sides.n_measures,
    sides.n_figures,
    sides.n_reported,
    sides.n_suppressed,
    sides.n_readable,
    sides.n_met,
    sides.n_with_progress,
    sides.median_progress
from sides
left join leas on sides.org_id = leas.org_id and sides.school_year = leas.school_year
