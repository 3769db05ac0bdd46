-- How far own counts and ours agree, for each LEA and the state.
{% for level, id in [('lea', 'lea_id'), ('state', "'state'")] %}
    select
        '{{ level }}' as scope_level,
        {{ id }} as scope_id,
        school_year,
        span_kind,
        span_id,
        figure,
        count(*) as n_compared,
        count(*) filter (where is_different) as n_different,
        count(*) filter (where is_different and difference > 0) as n_own_higher,
        count(distinct org_id) as n_organizations,
        count(distinct case when is_different then org_id end) as n_organizations_different,
        {{ quantile('abs(difference)', 0.5) }} as median_abs_difference,
        {{ rate('count(*) filter (where is_different)', 'count(*)') }} as different_rate
    from {{ ref('int_reporting_comparisons') }}
    group by {{ id ~ ', ' if level != 'state' }}school_year, span_kind, span_id, figure
    {{ 'union all' if not loop.last }}
{% endfor %}
