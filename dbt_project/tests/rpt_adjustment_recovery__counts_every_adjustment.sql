{{ config(meta={'dagster': {'ref': {'name': 'rpt_adjustment_recovery'}}}) }}
-- What: a school year and item level whose totals, at any level, are not the adjustments themselves.
-- Why: an adjustment of a strategy without a code would silently vanish.
-- Fix: find the strategy that int_strategy_codes lacks.
with adjustments as (
    select
        school_year,
        item_level,
        count(*) filter (where has_adjustment) as n_adjustments,
        count(*) filter (where not has_adjustment) as n_unanswered
    from {{ ref('rpt_adjustments') }}
    group by school_year, item_level
),

totals as (
    select
        scope_level,
        school_year,
        item_level,
        sum(n_adjustments) as n_adjustments,
        sum(n_unanswered) as n_unanswered
    from {{ ref('rpt_adjustment_recovery') }}
    where code_level = 'all'
    group by scope_level, school_year, item_level
)

select
    adjustments.school_year,
    adjustments.item_level,
    totals.scope_level,
    adjustments.n_adjustments,
    totals.n_adjustments as n_adjustments_in_total
from adjustments
left join totals
    on adjustments.school_year = totals.school_year and adjustments.item_level = totals.item_level
where
    adjustments.n_adjustments is distinct from totals.n_adjustments
    or adjustments.n_unanswered is distinct from totals.n_unanswered
