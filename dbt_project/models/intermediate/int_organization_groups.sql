-- What an organization counts under in a school year: the total, its designation (none where the lists
-- give it none; an LEA's own plan has none) and its level.
with organizations as (
    select distinct org_id, school_year
    from {{ ref('int_organization_periods') }}
)

select
    org_id,
    school_year,
    'all' as group_kind,
    'all' as group_value
from organizations
union all
select distinct
    organizations.org_id,
    organizations.school_year,
    'designation' as group_kind,
    coalesce(designation.category, 'none') as group_value
from organizations
left join {{ ref('dim_designation') }} as designation
    on
        organizations.org_id = designation.org_id
        and organizations.school_year >= designation.valid_from_year
        -- one comparison, not "is null or": that would have every pair of rows compared
        and organizations.school_year < coalesce(designation.valid_to_year, '9999')
union all
select
    organizations.org_id,
    organizations.school_year,
    'org_level' as group_kind,
    coalesce(directory.org_level, 'unknown') as group_value
from organizations
left join {{ ref('dim_organization') }} as directory on organizations.org_id = directory.org_id
