{# Groups of organizations are added from the organizations' own rows, groups of strategies from the
   strategies: one with two funds counts once in each, and the total never adds funds. Months are added by
   region at once, without LEAs: groups of an LEA in a month hold a handful of actions, in millions of rows.
   Spans, groups, codes and organizations are counted by numbers and named at the end: strategies under their
   funds and practices are tens of millions of rows, and every text of theirs would be held for each group. #}
{% macro implementation_groups(is_by_lea) %}
{% set of_strategy = 'strategy_period.lea_id' if is_by_lea else "'all'" %}
{% set of_implementation = 'implementation.lea_id' if is_by_lea else "'all'" %}
{% set counts = [
    'n_actions', 'n_planned', 'n_not_reported', 'n_discontinued', 'n_completed', 'n_due', 'n_on_time',
    'n_due_on_time', 'n_behind', 'n_milestones', 'n_milestones_completed', 'n_milestones_behind',
] %}
with placed_spans as (
    select *
    from {{ ref('int_organization_spans') }}
    where span_kind {{ '<>' if is_by_lea else '=' }} 'month'
),

spans as (
    select
        span_kind,
        span_id,
        school_year,
        row_number() over (order by span_kind, span_id, school_year) as span_no
    from (select distinct span_kind, span_id, school_year from placed_spans) as span
),

strategy_groups as (
    select
        group_kind,
        group_value,
        row_number() over (order by group_kind, group_value) as group_no
    from (select distinct group_kind, group_value from {{ ref('int_strategy_groups') }}) as grouped
),

codes as (
    select
        code_level,
        code,
        row_number() over (order by code_level, code) as code_no
    from (select distinct code_level, code from {{ ref('int_strategy_codes') }}) as coded
),

organizations as (
    select
        org_id,
        row_number() over (order by org_id) as org_no
    from (select distinct org_id from placed_spans) as organization
),

-- the last counted periods, with where their figures belong
ends as (
    select
        span.org_id,
        span.as_of_period,
        span.span_kind,
        spans.span_no,
        organizations.org_no
    from placed_spans as span
    inner join spans
        on
            span.span_kind = spans.span_kind
            and span.span_id = spans.span_id
            and span.school_year = spans.school_year
    inner join organizations on span.org_id = organizations.org_id
),

numbered_groups as (
    select
        grouped.org_id,
        grouped.school_year,
        grouped.strategy_code,
        strategy_groups.group_no
    from {{ ref('int_strategy_groups') }} as grouped
    inner join strategy_groups
        on
            grouped.group_kind = strategy_groups.group_kind
            and grouped.group_value = strategy_groups.group_value
),

numbered_codes as (
    select
        coded.org_id,
        coded.school_year,
        coded.strategy_code,
        codes.code_no
    from {{ ref('int_strategy_codes') }} as coded
    inner join codes
        on
            coded.code_level = codes.code_level
            and coded.code = codes.code
),

of_strategies as (
    select
        coalesce(lea.region, 'unknown') as region,
        {{ of_strategy }} as lea_id,
        ends.span_no,
        numbered_groups.group_no,
        numbered_codes.code_no,
        {% for count in counts %}
            sum(strategy_period.{{ count }}) as {{ count }},
        {% endfor %}
        count(*) as n_strategies,
        count(distinct ends.org_no) as n_organizations,
        count(distinct case when strategy_period.is_reported then ends.org_no end)
            as n_organizations_reporting
    from {{ ref('int_strategy_periods') }} as strategy_period
    inner join ends
        on strategy_period.org_id = ends.org_id and strategy_period.period = ends.as_of_period
    inner join numbered_groups
        on
            strategy_period.org_id = numbered_groups.org_id
            and strategy_period.school_year = numbered_groups.school_year
            and strategy_period.strategy_code = numbered_groups.strategy_code
    inner join numbered_codes
        on
            strategy_period.org_id = numbered_codes.org_id
            and strategy_period.school_year = numbered_codes.school_year
            and strategy_period.strategy_code = numbered_codes.strategy_code
    left join {{ ref('dim_organization') }} as lea on strategy_period.lea_id = lea.org_id
    group by
        coalesce(lea.region, 'unknown'),
        {{ of_strategy ~ ', ' if is_by_lea }}ends.span_no, numbered_groups.group_no, numbered_codes.code_no
)

select
    coalesce(lea.region, 'unknown') as region,
    {{ of_implementation }} as lea_id,
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
inner join placed_spans as span
    on implementation.org_id = span.org_id and implementation.period = span.as_of_period
inner join {{ ref('int_organization_groups') }} as grouped
    on implementation.org_id = grouped.org_id and implementation.school_year = grouped.school_year
left join {{ ref('dim_organization') }} as lea on implementation.lea_id = lea.org_id
group by
    coalesce(lea.region, 'unknown'),
    {{ of_implementation ~ ', ' if is_by_lea }}span.school_year, span.span_kind, span.span_id, grouped.group_kind,
    grouped.group_value, implementation.code_level, implementation.code
union all
select
    of_strategies.region,
    of_strategies.lea_id,
    spans.school_year,
    spans.span_kind,
    spans.span_id,
    strategy_groups.group_kind,
    strategy_groups.group_value,
    codes.code_level,
    codes.code,
    {% for count in counts %}
        cast(of_strategies.{{ count }} as bigint) as {{ count }},
    {% endfor %}
    of_strategies.n_strategies,
    of_strategies.n_organizations,
    of_strategies.n_organizations_reporting
from of_strategies
inner join spans on of_strategies.span_no = spans.span_no
inner join strategy_groups on of_strategies.group_no = strategy_groups.group_no
inner join codes on of_strategies.code_no = codes.code_no
{% endmacro %}
