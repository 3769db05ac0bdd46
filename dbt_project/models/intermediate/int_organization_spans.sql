-- The last counted period of an organization in every month, quarter, semester and school year: the
-- figures of a span are those as of its end.
{% set kinds = {
    'month': 'period', 'quarter': 'quarter_id', 'semester': 'semester_id', 'year': 'school_year'
} %}
with spans as (
    {% for kind, span_id in kinds.items() %}
        select
            org_id,
            school_year,
            '{{ kind }}' as span_kind,
            {{ span_id }} as span_id,
            max(period) as as_of_period
        from {{ ref('int_organization_periods') }}
        group by org_id, school_year{{ ', ' ~ span_id if kind != 'year' }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    org_id,
    school_year,
    span_kind,
    span_id,
    as_of_period
from spans
