{{ config(meta={'dagster': {'ref': {'name': 'rpt_interlaced'}}}) }}
-- What: a school year in which the totals of rpt_interlaced hold other numbers of goal measures' figures,
--   or of due actions at the organizations' last counted period, than the facts themselves.
-- Why: a join that drops or doubles a side gives quadrants that look right.
-- Fix: compare int_interlaced with fct_measure_year and fct_action_status for the year.
with totals as (
    select school_year, sum(n_figures) as n_figures, sum(n_due) as n_due
    from {{ ref('rpt_interlaced') }}
    where code_level = 'all'
    group by school_year
),

figures as (
    select school_year, count(*) as n_figures
    from {{ ref('fct_measure_year') }}
    where measure_kind = 'goal'
    group by school_year
),

last_periods as (
    select org_id, school_year, max(period) as period
    from {{ ref('int_organization_periods') }}
    group by org_id, school_year
),

actions as (
    select counted.school_year, count(*) filter (where counted.is_due) as n_due
    from {{ ref('fct_action_status') }} as counted
    inner join last_periods on counted.org_id = last_periods.org_id and counted.period = last_periods.period
    group by counted.school_year
)

select
    totals.school_year,
    totals.n_figures,
    figures.n_figures as n_figures_stated,
    totals.n_due,
    actions.n_due as n_due_stated
from totals
left join figures on totals.school_year = figures.school_year
left join actions on totals.school_year = actions.school_year
where totals.n_figures <> coalesce(figures.n_figures, 0) or totals.n_due <> coalesce(actions.n_due, 0)
