-- The directory as federal files need it: the IDs that FS206, FS212, FS132, FS223 and FS193 must agree
-- with, and of FS029's own fields those that the state's feeds can fill.
with schools as (
    select
        school_year,
        org_id,
        'school' as org_level,
        lea_id,
        org_name,
        state_lea_id,
        state_school_id,
        nces_lea_id,
        nces_school_id,
        op_status,
        changed_to,
        changed_on,
        is_charter,
        grades_served,
        'SchoolSysOpStatus' as field_name,
        'SchoolOpStatus' as updated_field_name,
        case
            when not is_in_directory then 'not_in_directory'
            when state_lea_id is null or state_school_id is null then 'no_state_id'
        end as left_out_as
    from {{ ref('int_federal_schools') }}
),

with_open_schools as (
    select distinct
        school_year,
        lea_id
    from schools
    where op_status = 'open'
),

lea_years as (
    select
        years.school_year,
        organization.org_id,
        nullif(regexp_extract(organization.org_id, years.lea_id_pattern, 1), '') as state_lea_id,
        case
            when with_open_schools.lea_id is not null then 'open'
            when organization.closed_on > years.open_on then 'open'
            when organization.opened_on > years.open_on then 'pending'
            else organization.status
        end as op_status,
        case
            when organization.closed_on > years.open_on and organization.closed_on < years.next_year_on
                then 'closed'
            when
                with_open_schools.lea_id is null
                and organization.opened_on > years.open_on and organization.opened_on < years.next_year_on
                then 'opened'
        end as changed_to
    from {{ ref('dim_organization') }} as organization
    cross join {{ ref('int_federal_years') }} as years
    left join with_open_schools
        on
            organization.org_id = with_open_schools.lea_id
            and years.school_year = with_open_schools.school_year
    where
        organization.org_level = 'lea'
        and (organization.status = 'open' or with_open_schools.lea_id is not null)
),

leas as (
    select
        lea_years.school_year,
        lea_years.org_id,
        'lea' as org_level,
        lea_years.org_id as lea_id,
        organization.org_name,
        lea_years.state_lea_id,
        cast(null as string) as state_school_id,
        organization.nces_lea_id,
        cast(null as string) as nces_school_id,
        lea_years.op_status,
        lea_years.changed_to,
        case lea_years.changed_to
            when 'closed' then organization.closed_on
            when 'opened' then organization.opened_on
        end as changed_on,
        organization.is_charter,
        organization.grades_served,
        'LEASysOpStatus' as field_name,
        'LEAOpStatus' as updated_field_name,
        case when lea_years.state_lea_id is null then 'no_state_id' end as left_out_as
    from lea_years
    inner join {{ ref('dim_organization') }} as organization on lea_years.org_id = organization.org_id
),

listed as (
    select * from schools
    union all
    select * from leas
)

select
    listed.school_year,
    listed.org_id,
    listed.org_level,
    listed.lea_id,
    listed.org_name,
    listed.state_lea_id,
    listed.state_school_id,
    listed.nces_lea_id,
    listed.nces_school_id,
    details.type_code,
    details.phone,
    details.web_address,
    details.mailing_address,
    details.mailing_city,
    details.mailing_state,
    details.mailing_zip,
    details.mailing_zip4,
    details.location_address,
    details.location_city,
    details.location_state,
    details.location_zip,
    details.location_zip4,
    listed.op_status,
    codes.code as op_status_code,
    listed.changed_to,
    updated_codes.code as updated_status_code,
    listed.changed_on,
    listed.is_charter,
    details.charter_code,
    details.reconstituted_code,
    listed.grades_served,
    cast(null as string) as explanation,
    listed.left_out_as is null as is_reported,
    listed.left_out_as
from listed
left join {{ ref('int_directory_details') }} as details on listed.org_id = details.org_id
{{ with_edfacts_code(
    'codes', 'listed.school_year', '029', 'listed.field_name',
    'listed.op_status'
) }}
{{ with_edfacts_code(
    'updated_codes', 'listed.school_year', '029', 'listed.updated_field_name',
    'listed.changed_to'
) }}
