-- FS223: what each school is under Title I, from the feed title1_schools alone. A list of
-- designations says only whether it is a Title I school, which fits three codes.
with said as (
    select
        school_year,
        org_id,
        max_by(
            title1_status,
            cast(received_at as string) || ' ' || source_file || ' ' || cast(source_row as string)
        ) filter (where title1_status is not null) as title1_status
    from {{ ref('stg_feed__title1_schools') }}
    group by school_year, org_id
),

coded as (
    select
        school.school_year,
        school.org_id,
        school.org_name,
        school.lea_id,
        school.state_lea_id,
        school.state_school_id,
        school.is_title1 as is_title1_on_list,
        said.title1_status,
        codes.code as title1_code,
        case
            when school.left_out_as is not null then school.left_out_as
            when said.title1_status is null then 'no_source'
            when codes.code is null then 'no_code'
        end as left_out_as
    from {{ ref('int_federal_schools') }} as school
    left join said
        on school.school_year = said.school_year and school.org_id = said.org_id
    {{ with_edfacts_code(
        'codes', 'school.school_year', '223', "'TitleISchoolStatus'",
        'said.title1_status'
    ) }}
)

select
    school_year,
    org_id,
    org_name,
    lea_id,
    state_lea_id,
    state_school_id,
    is_title1_on_list,
    title1_status,
    title1_code,
    cast(null as string) as explanation,
    left_out_as is null as is_reported,
    left_out_as
from coded
