-- Every level counts its organizations' own figures; a median of a level is that of all its figures,
-- never a median of medians. Goal measures (students) and strategy measures (adults) never mix.
with placed as (
    select
        outcome.*,
        outcome.org_id || ' ' || outcome.parent_code || ' ' || cast(outcome.measure_no as string)
            as measure_id,
        coalesce(organization.region, 'unknown') as region
    from {{ ref('int_outcome_figures') }} as outcome
    left join {{ ref('dim_organization') }} as organization on outcome.lea_id = organization.org_id
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
            measure_kind,
            school_year,
            count(distinct org_id) as n_organizations,
            count(distinct measure_id) as n_measures,
            count(*) as n_figures,
            count(*) filter (where is_reported) as n_reported,
            count(*) filter (where is_suppressed) as n_suppressed,
            count(is_met) as n_readable,
            count(*) filter (where is_met) as n_met,
            count(progress) as n_with_progress,
            {{ quantile('progress', 0.5) }} as median_progress
        from placed
        group by {{ id ~ ', ' if level != 'state' }}code_level, code, measure_kind, school_year
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    scope_level,
    scope_id,
    code_level,
    code,
    measure_kind,
    school_year,
    n_organizations,
    n_measures,
    n_figures,
    n_reported,
    n_suppressed,
    n_readable,
    n_met,
    {{ rate('n_met', 'n_readable') }} as met_rate,
    n_with_progress,
    median_progress
from levels
