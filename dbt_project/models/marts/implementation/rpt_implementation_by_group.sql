-- Implementation by what the organizations and the strategies are, for each region and the state, and but for
-- months for each LEA.
{% set counts = [
    'n_organizations', 'n_organizations_reporting', 'n_strategies', 'n_actions', 'n_planned',
    'n_not_reported', 'n_discontinued', 'n_completed', 'n_due', 'n_on_time', 'n_due_on_time', 'n_behind',
    'n_milestones', 'n_milestones_completed', 'n_milestones_behind',
] %}
with counted as (
    select * from {{ ref('int_implementation_lea_groups') }}
    union all
    select * from {{ ref('int_implementation_month_groups') }}
),

levels as (
    {% for level, id in [('lea', 'lea_id'), ('region', 'region'), ('state', "'state'")] %}
        select
            '{{ level }}' as scope_level,
            {{ id }} as scope_id,
            group_kind,
            group_value,
            code_level,
            code,
            span_kind,
            span_id,
            {% for count in counts %}
                cast(sum({{ count }}) as bigint) as {{ count }},
            {% endfor %}
            school_year
        from {{ "counted" if level != 'lea' else ref('int_implementation_lea_groups') }}
        group by
            {{ id ~ ', ' if level != 'state' }}group_kind, group_value, code_level, code, span_kind, span_id,
            school_year
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    scope_level,
    scope_id,
    group_kind,
    group_value,
    code_level,
    code,
    span_kind,
    span_id,
    school_year,
    {% for count in counts %}
        {{ count }},
    {% endfor %}
    {{ rate('n_completed', '(n_planned - n_not_reported)') }} as completed_rate,
    {{ rate('n_due_on_time', 'n_due') }} as on_time_rate,
    {{ rate('n_behind', '(n_planned - n_not_reported)') }} as behind_rate,
    {{ rate('n_not_reported', 'n_planned') }} as not_reported_rate
from levels
