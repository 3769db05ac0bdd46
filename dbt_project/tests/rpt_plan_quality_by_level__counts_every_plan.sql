{{ config(meta={'dagster': {'ref': {'name': 'rpt_plan_quality_by_level'}}}) }}
-- What: a criterion and year whose levels do not add up to what rpt_plan_quality says of its plans.
-- Why: a plan without an LEA or a region would silently vanish from a level.
-- Fix: compare int_plan_years with rpt_plan_quality for the year.
with plans as (
    select
        school_year,
        criterion_id,
        count(*) as n_plans,
        count(*) filter (where outcome <> 'not_applicable') as n_applicable,
        count(*) filter (where outcome = 'met') as n_met
    from {{ ref('rpt_plan_quality') }}
    group by school_year, criterion_id
),

levels as (
    select
        scope_level,
        plan_level = 'all' as all_levels,
        designation = 'all' as all_designations,
        school_year,
        criterion_id,
        sum(n_plans) as n_plans,
        sum(n_applicable) as n_applicable,
        sum(n_met) as n_met
    from {{ ref('rpt_plan_quality_by_level') }}
    where scope_level <> 'organization'
    group by scope_level, plan_level = 'all', designation = 'all', school_year, criterion_id
)

select
    levels.scope_level,
    levels.school_year,
    levels.criterion_id
from levels
inner join plans
    on levels.school_year = plans.school_year and levels.criterion_id = plans.criterion_id
where
    levels.n_plans <> plans.n_plans
    or levels.n_applicable <> plans.n_applicable
    or levels.n_met <> plans.n_met
