{{ config(meta={'dagster': {'ref': {'name': 'rpt_reporting_agreement'}}}) }}
-- What: a span and figure whose differences by LEA, or by state, are not those of rpt_reporting_differences.
-- Why: an LEA's record of agreement must be the rows it is shown.
-- Fix: look at int_reporting_comparisons for the span and figure.
with differences as (
    select span_kind, span_id, figure, count(*) as n_different
    from {{ ref('rpt_reporting_differences') }}
    group by span_kind, span_id, figure
),

totals as (
    select span_kind, span_id, figure, scope_level, sum(n_different) as n_different
    from {{ ref('rpt_reporting_agreement') }}
    group by span_kind, span_id, figure, scope_level
)

select
    totals.span_id,
    totals.figure,
    totals.scope_level,
    totals.n_different as n_different_in_total,
    differences.n_different
from totals
left join differences
    on
        totals.span_kind = differences.span_kind
        and totals.span_id = differences.span_id
        and totals.figure = differences.figure
where totals.n_different <> coalesce(differences.n_different, 0)
