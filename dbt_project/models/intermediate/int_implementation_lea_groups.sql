-- Groups of organizations are added from the organizations' own rows, groups of strategies from the
-- strategies: one with two funds counts once in each, and the total never adds funds.
{% set counts = [
    'n_actions', 'n_planned', 'n_not_reported', 'n_discontinued', 'n_completed', 'n_due', 'n_on_time',
    'n_due_on_time', 'n_behind', 'n_milestones', 'n_milestones_completed', 'n_milestones_behind',
] %}
select
    implementation.lea_id,
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
group by
    implementation.lea_id, span.school_year, span.span_kind, span.span_id, grouped.group_kind,
    grouped.group_value, implementation.code_level, implementation.code
union all
select
    strategy_period.lea_id,
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
group by
    strategy_period.lea_id, span.school_year, span.span_kind, span.span_id, grouped.group_kind,
    grouped.group_value, coded.code_level, coded.code
