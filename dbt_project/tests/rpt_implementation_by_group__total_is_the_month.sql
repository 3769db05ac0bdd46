{{ config(meta={'dagster': {'ref': {'name': 'rpt_implementation_by_group'}}}) }}
-- What: a month's total by region or state that is not that of rpt_implementation_by_practice.
-- Why: two marts that disagree on the same actions are worse than none.
-- Fix: look at int_organization_spans for the month and at int_organization_groups.
with by_group as (
    select *
    from {{ ref('rpt_implementation_by_group') }}
    where group_kind = 'all' and span_kind = 'month'
),

by_practice as (
    select *
    from {{ ref('rpt_implementation_by_practice') }}
    where scope_level in ('region', 'state')
)

select
    coalesce(by_group.scope_id, by_practice.scope_id) as scope_id,
    coalesce(by_group.code, by_practice.code) as code,
    coalesce(by_group.span_id, by_practice.period) as period,
    by_group.n_actions,
    by_practice.n_actions as n_actions_by_practice
from by_group
full outer join by_practice
    on
        by_group.scope_level = by_practice.scope_level
        and by_group.scope_id = by_practice.scope_id
        and by_group.code_level = by_practice.code_level
        and by_group.code = by_practice.code
        and by_group.span_id = by_practice.period
where
    by_group.n_actions is distinct from by_practice.n_actions
    or by_group.n_due_on_time is distinct from by_practice.n_due_on_time
    or by_group.n_organizations is distinct from by_practice.n_organizations
