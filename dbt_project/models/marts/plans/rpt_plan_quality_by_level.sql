-- Every level is the sum of its plans: a share is of plans that a criterion applies to, a score of the
-- weights of all that applies. Organizations have their score here; their criteria are in rpt_plan_quality.
{% set places = 'org_id, lea_id, org_level, school_year, criterion_id, region, designation' %}
{% set counts = ['n_plans', 'n_applicable', 'n_met', 'weight_applicable', 'weight_met'] %}
with judged as (
    select
        quality.org_id,
        quality.lea_id,
        quality.org_level,
        quality.school_year,
        quality.criterion_id,
        plan.region,
        plan.designation,
        1 as n_plans,
        case when quality.outcome <> 'not_applicable' then 1 else 0 end as n_applicable,
        case when quality.outcome = 'met' then 1 else 0 end as n_met,
        case when quality.outcome <> 'not_applicable' then quality.weight else 0 end as weight_applicable,
        case when quality.outcome = 'met' then quality.weight else 0 end as weight_met
    from {{ ref('rpt_plan_quality') }} as quality
    inner join {{ ref('int_plan_years') }} as plan
        on quality.org_id = plan.org_id and quality.school_year = plan.school_year
),

totals as (
    select
        org_id,
        lea_id,
        org_level,
        school_year,
        'all' as criterion_id,
        region,
        designation,
        1 as n_plans,
        sum(n_applicable) as n_applicable,
        sum(n_met) as n_met,
        sum(weight_applicable) as weight_applicable,
        sum(weight_met) as weight_met
    from judged
    group by org_id, lea_id, org_level, school_year, region, designation
),

either as (
    select {{ places }}, {{ counts | join(', ') }}
    from judged
    union all
    select {{ places }}, {{ counts | join(', ') }}
    from totals
),

-- each plan counts under its own level and under all, under its own designation and under all
sliced as (
    {% for plan_level in ["'all'", 'org_level'] %}
        {% set outer_last = loop.last %}
        {% for designation in ["'all'", 'designation'] %}
            select
                org_id,
                lea_id,
                region,
                school_year,
                criterion_id,
                {{ plan_level }} as plan_level,
                {{ designation }} as designation,
                {{ counts | join(', ') }}
            from either
            {{ 'union all' if not (loop.last and outer_last) }}
        {% endfor %}
    {% endfor %}
),

levels as (
    {% for level, id in [('lea', 'lea_id'), ('region', 'region'), ('state', "'state'")] %}
        select
            '{{ level }}' as scope_level,
            {{ id }} as scope_id,
            plan_level,
            designation,
            school_year,
            {% for count in counts %}
                cast(sum({{ count }}) as bigint) as {{ count }},
            {% endfor %}
            criterion_id
        from sliced
        group by {{ id ~ ', ' if level != 'state' }}plan_level, designation, school_year, criterion_id
        union all
    {% endfor %}
    select
        'organization' as scope_level,
        org_id as scope_id,
        'all' as plan_level,
        'all' as designation,
        school_year,
        {% for count in counts %}
            cast({{ count }} as bigint) as {{ count }},
        {% endfor %}
        criterion_id
    from totals
)

select
    scope_level,
    scope_id,
    plan_level,
    designation,
    school_year,
    criterion_id,
    {% for count in counts %}
        {{ count }},
    {% endfor %}
    {{ rate('n_met', 'n_applicable') }} as met_rate,
    {{ rate('weight_met', 'weight_applicable') }} as score
from levels
