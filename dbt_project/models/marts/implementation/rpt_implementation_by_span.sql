-- The figures of rpt_implementation_by_practice as of each organization's last counted period of a
-- quarter, semester or school year. Every level is the sum of its organizations' own rows.
{% set counts = [
    'n_strategies', 'n_actions', 'n_planned', 'n_not_reported', 'n_discontinued', 'n_completed', 'n_due',
    'n_on_time', 'n_due_on_time', 'n_behind', 'n_milestones', 'n_milestones_completed',
    'n_milestones_behind',
] %}
with placed as (
    select
        implementation.*,
        span.span_kind,
        span.span_id,
        coalesce(organization.region, 'unknown') as region
    from {{ ref('int_implementation_organizations') }} as implementation
    inner join {{ ref('int_organization_spans') }} as span
        on implementation.org_id = span.org_id and implementation.period = span.as_of_period
    left join {{ ref('dim_organization') }} as organization
        on implementation.lea_id = organization.org_id
    -- months stand in rpt_implementation_by_practice
    where span.span_kind <> 'month'
),

levels as (
    {% for level, id in [
        ('organization', 'org_id'), ('lea', 'lea_id'), ('region', 'region'), ('state', "'state'"),
    ] %}
        select
            '{{ level }}' as scope_level,
            {{ id }} as scope_id,
            code_level,
            code,
            span_kind,
            span_id,
            school_year,
            min(period) as first_as_of_period,
            max(period) as last_as_of_period,
            {% for count in counts %}
                cast(sum({{ count }}) as bigint) as {{ count }},
            {% endfor %}
            count(*) as n_organizations,
            count(*) filter (where is_reported) as n_organizations_reporting
        from placed
        group by {{ id ~ ', ' if level != 'state' }}code_level, code, span_kind, span_id, school_year
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    scope_level,
    scope_id,
    code_level,
    code,
    span_kind,
    span_id,
    school_year,
    first_as_of_period,
    last_as_of_period,
    n_organizations,
    n_organizations_reporting,
    {% for count in counts %}
        {{ count }},
    {% endfor %}
    {{ rate('n_completed', '(n_planned - n_not_reported)') }} as completed_rate,
    {{ rate('n_due_on_time', 'n_due') }} as on_time_rate,
    {{ rate('n_behind', '(n_planned - n_not_reported)') }} as behind_rate,
    {{ rate('n_not_reported', 'n_planned') }} as not_reported_rate
from levels
