-- Each figure is the sum of its organizations' counts, divided once. Every figure of every principle has its
-- row in every scope: where there is none, the row says why.
with counted as (
    select org_id, school_year, figure_id, numerator, denominator
    from {{ ref('int_principles__plans') }}
    union all
    select org_id, school_year, figure_id, numerator, denominator
    from {{ ref('int_principles__work') }}
),

members as (
    select distinct org_id, school_year
    from counted
),

-- the LEA that spoke for the plan last; whoever has none in the year is placed as the directory says
placed as (
    select
        members.org_id,
        members.school_year,
        coalesce(plan.lea_id, organization.lea_id, members.org_id) as lea_id
    from members
    left join {{ ref('int_plan_years') }} as plan
        on members.org_id = plan.org_id and members.school_year = plan.school_year
    left join {{ ref('dim_organization') }} as organization on members.org_id = organization.org_id
),

in_region as (
    select
        placed.org_id,
        placed.school_year,
        placed.lea_id,
        coalesce(lea.region, 'unknown') as region
    from placed
    left join {{ ref('dim_organization') }} as lea on placed.lea_id = lea.org_id
),

scoped as (
    {% for level, id in [('lea', 'lea_id'), ('region', 'region'), ('state', "'state'")] %}
        select
            org_id,
            school_year,
            '{{ level }}' as scope_level,
            {{ id }} as scope_id
        from in_region
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

scopes as (
    select distinct scope_level, scope_id, school_year
    from scoped
),

sums as (
    select
        scoped.scope_level,
        scoped.scope_id,
        scoped.school_year,
        counted.figure_id,
        sum(counted.numerator) as numerator,
        sum(counted.denominator) as denominator,
        count(*) as n_organizations
    from counted
    inner join scoped on counted.org_id = scoped.org_id and counted.school_year = scoped.school_year
    group by scoped.scope_level, scoped.scope_id, scoped.school_year, counted.figure_id
)

select
    scopes.scope_level,
    scopes.scope_id,
    scopes.school_year,
    principle.principle_no,
    principle.principle_title,
    figure.figure_id,
    figure.figure_no,
    figure.figure_title,
    figure.unit,
    figure.better,
    cast(sums.numerator as decimal(24, 2)) as numerator,
    cast(sums.denominator as decimal(24, 2)) as denominator,
    {{ rate('sums.numerator', 'sums.denominator') }} as figure_value,
    sums.figure_id is not null as is_measured,
    case when sums.figure_id is null then figure.why_not end as why_not,
    coalesce(sums.n_organizations, 0) as n_organizations,
    figure.source
from scopes
cross join {{ ref('principle_figures') }} as figure
inner join {{ ref('principles') }} as principle on figure.principle_no = principle.principle_no
left join sums
    on
        scopes.scope_level = sums.scope_level
        and scopes.scope_id = sums.scope_id
        and scopes.school_year = sums.school_year
        and figure.figure_id = sums.figure_id
