-- Whoever stated any of a plan's tables in a school year has a plan in it. Its LEA is the one that spoke
-- for it last; the row of the Organizations sheet is where what concerns the plan as a whole is told.
with stated as (
    {% for table in [
        'organizations', 'goals', 'measures', 'needs', 'root_causes', 'priorities', 'strategies', 'milestones',
        'actions',
    ] %}
        select distinct org_id, school_year, lea_id, stated_in_period
        from {{ ref('int_plan__' ~ table) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

plans as (
    select
        org_id,
        school_year,
        max_by(lea_id, stated_in_period || ' ' || lea_id) as lea_id
    from stated
    group by org_id, school_year
)

select
    plans.org_id,
    plans.school_year,
    plans.lea_id,
    coalesce(
        organization.org_level,
        own.org_level,
        case when plans.org_id = plans.lea_id then 'lea' else 'school' end
    ) as org_level,
    coalesce(lea.region, 'unknown') as region,
    coalesce(designation.category, 'none') as designation,
    own.submission_id,
    own.source_sheet,
    own.source_row
from plans
left join {{ ref('int_plan__organizations') }} as own
    on plans.org_id = own.org_id and plans.school_year = own.school_year
left join {{ ref('dim_organization') }} as organization on plans.org_id = organization.org_id
left join {{ ref('dim_organization') }} as lea on plans.lea_id = lea.org_id
left join {{ ref('int_designation_years') }} as designation
    on plans.org_id = designation.org_id and plans.school_year = designation.school_year
