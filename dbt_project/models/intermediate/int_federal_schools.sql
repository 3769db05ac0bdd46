-- The schools of a year for federal files: those open on the day that counts, and those that the
-- year's list or its money speaks of, with the IDs of the federal form and why one cannot be in a
-- file.
with awarded as (
    select
        school_year,
        org_id,
        max(lea_id) as lea_id
    from {{ ref('fct_1003_award_school') }}
    where award > 0
    group by school_year, org_id
),

spoken_of as (
    select
        school_year,
        org_id
    from {{ ref('int_designation_years') }}
    union
    select
        school_year,
        org_id
    from awarded
    union
    select
        school_year,
        org_id
    from {{ ref('stg_feed__title1_schools') }}
),

directory as (
    select
        years.school_year,
        organization.*
    from {{ ref('dim_organization') }} as organization
    cross join {{ ref('int_federal_years') }} as years
    where organization.org_level = 'school'
),

schools as (
    select
        coalesce(directory.school_year, spoken_of.school_year) as school_year,
        coalesce(directory.org_id, spoken_of.org_id) as org_id,
        spoken_of.org_id is not null as is_spoken_of,
        directory.org_id is not null as is_in_directory,
        directory.org_name,
        directory.lea_id,
        directory.lea_name,
        directory.status,
        directory.opened_on,
        directory.closed_on,
        directory.last_listed_on,
        directory.is_charter,
        directory.grades_served,
        directory.nces_lea_id,
        directory.nces_school_id
    from directory
    full outer join spoken_of
        on directory.org_id = spoken_of.org_id and directory.school_year = spoken_of.school_year
),

told as (
    select
        schools.school_year,
        schools.org_id,
        schools.is_spoken_of,
        schools.is_in_directory,
        coalesce(schools.org_name, listed.org_name) as org_name,
        coalesce(schools.lea_id, awarded.lea_id) as lea_id,
        schools.lea_name,
        schools.is_charter,
        schools.grades_served,
        schools.nces_lea_id,
        schools.nces_school_id,
        nullif(regexp_extract(schools.lea_id, years.lea_id_pattern, 1), '') as state_lea_id,
        nullif(regexp_extract(schools.org_id, years.school_id_pattern, 1), '') as state_school_id,
        case
            when not schools.is_in_directory then 'unknown'
            when schools.closed_on is not null
                then case when schools.closed_on > years.open_on then 'open' else 'closed' end
            -- a closing without its day: the list of a year before that vintage knows better
            when schools.status in ('closed', 'merged')
                then
                    case
                        when listed.org_id is not null and years.open_on < schools.last_listed_on then 'open'
                        else 'closed'
                    end
            when listed.org_id is not null then 'open'
            when schools.status = 'open'
                then case when schools.opened_on > years.open_on then 'pending' else 'open' end
            when schools.status = 'pending' then 'pending'
            else 'unknown'
        end as op_status,
        listed.org_id is not null as is_named,
        listed.list_year,
        listed.category,
        listed.reason,
        listed.exited_category,
        listed.subgroups,
        listed.is_title1,
        schools.opened_on,
        schools.closed_on,
        years.open_on,
        years.next_year_on,
        years.has_list,
        years.unlisted_schools
    from schools
    inner join {{ ref('int_federal_years') }} as years on schools.school_year = years.school_year
    left join {{ ref('int_designation_years') }} as listed
        on schools.org_id = listed.org_id and schools.school_year = listed.school_year
    left join awarded on schools.org_id = awarded.org_id and schools.school_year = awarded.school_year
)

select
    school_year,
    org_id,
    org_name,
    lea_id,
    lea_name,
    is_charter,
    grades_served,
    nces_lea_id,
    nces_school_id,
    state_lea_id,
    state_school_id,
    op_status,
    -- what became of it within the year, after the day that counts
    case
        when op_status = 'open' and closed_on > open_on and closed_on < next_year_on then 'closed'
        when op_status = 'pending' and opened_on > open_on and opened_on < next_year_on then 'opened'
    end as changed_to,
    case
        when op_status = 'open' and closed_on > open_on and closed_on < next_year_on then closed_on
        when op_status = 'pending' and opened_on > open_on and opened_on < next_year_on then opened_on
    end as changed_on,
    is_in_directory,
    is_named,
    list_year,
    category,
    reason,
    exited_category,
    subgroups,
    is_title1,
    has_list,
    unlisted_schools,
    case
        when not is_in_directory then 'not_in_directory'
        when op_status <> 'open' then 'not_open'
        when state_lea_id is null or state_school_id is null then 'no_state_id'
    end as left_out_as
from told
where is_spoken_of or op_status = 'open'
