-- What: a scope, code and span whose designations, levels or evidence tiers do not add up to its total.
-- Why: an organization or strategy without a group would silently vanish from the comparison of groups.
-- Fix: find what int_organization_groups or int_strategy_groups leaves out.
with sums as (
    select
        scope_level,
        scope_id,
        code_level,
        code,
        span_kind,
        span_id,
        group_kind,
        sum(n_actions) as n_actions,
        sum(n_behind) as n_behind,
        sum(n_strategies) as n_strategies
    from {{ ref('rpt_implementation_by_group') }}
    group by scope_level, scope_id, code_level, code, span_kind, span_id, group_kind
)

select
    total.scope_level,
    total.scope_id,
    total.code,
    total.span_id,
    parts.group_kind,
    total.n_actions,
    parts.n_actions as n_actions_of_groups
from sums as total
inner join sums as parts
    on
        total.scope_level = parts.scope_level
        and total.scope_id = parts.scope_id
        and total.code_level = parts.code_level
        and total.code = parts.code
        and total.span_kind = parts.span_kind
        and total.span_id = parts.span_id
where
    total.group_kind = 'all'
    and (
        (
            parts.group_kind <> 'fund_source'
            and (
                total.n_actions <> parts.n_actions
                or total.n_behind <> parts.n_behind
                or total.n_strategies <> parts.n_strategies
            )
        )
        or (parts.group_kind = 'fund_source' and total.n_strategies > parts.n_strategies)
    )
