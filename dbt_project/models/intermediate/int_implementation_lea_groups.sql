-- Groups of organizations are added from the organizations' own rows, groups of strategies from the
-- strategies: one with two funds counts once in each, and the total never adds funds. Months are added by
-- region at once, without LEAs: groups of an LEA in a month hold a handful of actions, in millions of rows.
{% set counts = [
    'n_actions', 'n_planned', 'n_not_reported', 'n_discontinued', 'n_completed', 'n_due', 'n_on_time',
    'n_due_on_time', 'n_behind', 'n_milestones', 'n_milestones_completed', 'n_milestones_behind',
] %}
select
    coalesce(lea.region, 'unknown') as region,
    case when span.span_kind = 'month' then 'all' else implementation.lea_id end as lea_id,
    span.school_year,
    span.span_kind,
    span.span_id,
    grouped.group_kind,
    grouped.group_value,
    implementation.code_level,
    implementation.code,
    {% for count in counts %}
        cast(sum(implementation.{{ count }}) as bigint) as {{ count }},
    {% endfor %}
    cast(sum(implementation.n_strategies) as bigint) as n_strategies,
    count(*) as n_organizations,
    count(*) filter (where implementation.is_reported) as n_organizations_reporting
from {{ ref('int_implementation_organizations') }} as implementation
inner join {{ ref('int_organization_spans') }} as span
    on implementation.org_id = span.org_id and implementation.period = span.as_of_period
inner join {{ ref('int_organization_groups') }} as grouped
    on implementation.org_id = grouped.org_id and implementation.school_year = grouped.school_year
left join {{ ref('dim_organization') }} as lea on implementation.lea_id = lea.org_id
group by
    coalesce(lea.region, 'unknown'),
    case when span.span_kind = 'month' then 'all' else implementation.lea_id end,
    span.school_year, span.span_kind, span.span_id, grouped.group_kind,
    grouped.group_value, implementation.code_level, implementation.code
union all
select
    coalesce(lea.region, 'unknown') as region,
    case when span.span_kind = 'month' then 'all' else strategy_period.lea_id end as lea_id,
    span.school_year,
    span.span_kind,
    span.span_id,
    grouped.group_kind,
    grouped.group_value,
    coded.code_level,
    coded.code,
    {% for count in counts %}
        cast(sum(strategy_period.{{ count }}) as bigint) as {{ count }},
    {% endfor %}
    count(*) as n_strategies,
    count(distinct strategy_period.org_id) as n_organizations,
    count(distinct case when strategy_period.is_reported then strategy_period.org_id end)
        as n_organizations_reporting
from {{ ref('int_strategy_periods') }} as strategy_period
inner join {{ ref('int_organization_spans') }} as span
    on strategy_period.org_id = span.org_id and strategy_period.period = span.as_of_period
inner join {{ ref('int_strategy_groups') }} as grouped
    on
        strategy_period.org_id = grouped.org_id
        and strategy_period.school_year = grouped.school_year
        and strategy_period.strategy_code = grouped.strategy_code
inner join {{ ref('int_strategy_codes') }} as coded
    on
        strategy_period.org_id = coded.org_id
        and strategy_period.school_year = coded.school_year
        and strategy_period.strategy_code = coded.strategy_code
left join {{ ref('dim_organization') }} as lea on strategy_period.lea_id = lea.org_id
group by
    coalesce(lea.region, 'unknown'),
    case when span.span_kind = 'month' then 'all' else strategy_period.lea_id end,
    span.school_year, span.span_kind, span.span_id, grouped.group_kind,
    grouped.group_value, coded.code_level, coded.code
