-- What: a code and span whose organizations, LEAs, regions and state do not add up alike.
-- Why: a school without an LEA or region would silently vanish from a level.
-- Fix: find the organization whose lea_id is not in dim_organization.
select
    code_level,
    code,
    span_kind,
    span_id,
    min(n_actions) as lowest_sum,
    max(n_actions) as highest_sum
from (
    select scope_level, code_level, code, span_kind, span_id, sum(n_actions) as n_actions
    from {{ ref('rpt_implementation_by_span') }}
    group by scope_level, code_level, code, span_kind, span_id
) as level_sums
group by code_level, code, span_kind, span_id
having min(n_actions) <> max(n_actions) or count(*) <> 4
