{{ config(meta={'dagster': {'ref': {'name': 'rpt_plan_quality'}}}) }}
-- What: a plan and year without one row for every criterion, or whose counts do not give its outcome.
-- Why: a criterion left out of a plan would raise its score unseen.
-- Fix: look at int_plan_years and at the int_plan_items model of the criterion.
with criteria as (
    select count(*) as n_criteria
    from {{ ref('plan_criteria') }}
)

select
    quality.org_id,
    quality.school_year,
    count(*) as n_rows,
    min(criteria.n_criteria) as n_criteria
from {{ ref('rpt_plan_quality') }} as quality
cross join criteria
group by quality.org_id, quality.school_year
having
    count(*) <> min(criteria.n_criteria)
    or count(*) filter (
        where
        (quality.outcome = 'not_applicable') <> (quality.n_items = 0)
        or (quality.outcome = 'not_met' and quality.n_failing = 0)
        or (quality.failing_items is null) <> (quality.n_failing = 0)
    ) > 0
