-- How long an organization has been in a category without a break, whatever the reasons: from its own years
-- and those of the IDs that the state says went on as it.
with told as (
    select
        org_id,
        school_year,
        category,
        org_id as told_of
    from {{ ref('int_designation_years') }}
    where category <> 'none'
    union all
    select
        ancestor.org_id,
        years.school_year,
        years.category,
        years.org_id as told_of
    from {{ ref('int_organization_ancestors') }} as ancestor
    inner join {{ ref('int_designation_years') }} as years on ancestor.ancestor_id = years.org_id
    inner join {{ ref('int_designation_calendar') }} as calendar on years.school_year = calendar.school_year
    where years.category <> 'none' and calendar.first_day < ancestor.until_day
),

-- one row a year: its own statement goes before an ancestor's
years as (
    select
        told.org_id,
        told.category,
        calendar.place,
        told.school_year,
        min(case when told.told_of <> told.org_id then told.told_of end) as ancestor_id,
        bool_or(told.told_of = told.org_id) as is_own
    from told
    inner join {{ ref('int_designation_calendar') }} as calendar on told.school_year = calendar.school_year
    group by told.org_id, told.category, calendar.place, told.school_year
),

islands as (
    select
        *,
        place - row_number() over (partition by org_id, category order by place) as island
    from years
),

stays as (
    select
        org_id,
        category,
        island,
        min(school_year) as cohort_year,
        min_by(case when is_own then org_id else ancestor_id end, place) as cohort_org_id,
        dense_rank() over (partition by org_id, category order by island) as stay_no
    from islands
    group by org_id, category, island
)

select
    islands.org_id,
    islands.category,
    islands.school_year,
    stays.cohort_year,
    stays.cohort_org_id,
    cast(stays.stay_no as bigint) as stay_no
from islands
inner join stays
    on
        islands.org_id = stays.org_id
        and islands.category = stays.category
        and islands.island = stays.island
where islands.is_own
