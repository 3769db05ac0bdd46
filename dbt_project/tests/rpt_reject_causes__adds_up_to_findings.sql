{{ config(meta={'dagster': {'ref': {'name': 'rpt_reject_causes'}}}) }}
-- What: a rule whose findings at some level of scope or time are not those of fct_reject.
-- Why: an LEA without a region, or a file without a month, would vanish from a level in silence.
-- Fix: compare the level's sum with fct_reject; look at the joins of the model.
with counted as (
    select
        scope_level,
        span_level,
        rule_id,
        severity,
        sum(n_findings) as n_findings,
        sum(n_open) as n_open
    from {{ ref('rpt_reject_causes') }}
    group by scope_level, span_level, rule_id, severity
),

levels as (
    select distinct scope_level, span_level
    from counted
),

found as (
    select
        rule_id,
        severity,
        count(*) as n_findings,
        count(*) filter (where is_open) as n_open
    from {{ ref('fct_reject') }}
    group by rule_id, severity
),

wanted as (
    select
        levels.scope_level,
        levels.span_level,
        found.rule_id,
        found.severity,
        found.n_findings,
        found.n_open
    from found
    cross join levels
)

select
    coalesce(wanted.rule_id, counted.rule_id) as rule_id,
    wanted.scope_level,
    wanted.span_level,
    wanted.n_findings,
    counted.n_findings as n_counted
from wanted
full outer join counted
    on
        wanted.scope_level = counted.scope_level
        and wanted.span_level = counted.span_level
        and wanted.rule_id = counted.rule_id
        and wanted.severity = counted.severity
where
    wanted.n_findings is distinct from counted.n_findings
    or wanted.n_open is distinct from counted.n_open
union all
select
    null as rule_id,
    null as scope_level,
    null as span_level,
    (select count(*) from found) as n_findings,
    count(*) as n_counted
from levels
having count(*) <> case when (select count(*) from found) = 0 then 0 else 6 end
