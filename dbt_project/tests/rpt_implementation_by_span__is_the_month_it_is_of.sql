{{ config(meta={'dagster': {'ref': {'name': 'rpt_implementation_by_span'}}}) }}
-- What: an organization's quarter, semester or year whose figures are not those of its last counted month.
-- Why: a span that mixes months counts actions twice.
-- Fix: look at int_organization_spans for the organization.
select
    span.scope_id,
    span.code,
    span.span_id,
    span.n_actions,
    by_month.n_actions as n_actions_of_month
from {{ ref('rpt_implementation_by_span') }} as span
left join {{ ref('rpt_implementation_by_practice') }} as by_month
    on
        span.scope_level = by_month.scope_level
        and span.scope_id = by_month.scope_id
        and span.code_level = by_month.code_level
        and span.code = by_month.code
        and span.last_as_of_period = by_month.period
where
    span.scope_level = 'organization'
    and (
        span.first_as_of_period <> span.last_as_of_period
        or span.n_actions is distinct from by_month.n_actions
        or span.n_completed is distinct from by_month.n_completed
        or span.n_due_on_time is distinct from by_month.n_due_on_time
        or span.n_behind is distinct from by_month.n_behind
    )
