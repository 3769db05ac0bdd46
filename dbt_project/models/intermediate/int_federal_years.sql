-- The school years that the layout of any federal file is known for and that lists, money or Title I
-- statuses speak of, each with what policy decides of federal files and the day on which a school must
-- be open.
with covered as (
    select distinct years.school_year
    from (select distinct school_year from {{ ref('int_policy_years') }}) as years
    inner join {{ ref('edfacts_files') }} as layouts
        on years.school_year >= layouts.from_year and years.school_year < layouts.until_year
),

spoken as (
    select school_year from {{ ref('int_designation_calendar') }}
    union
    select school_year from {{ ref('int_title1_versions') }}
    union
    select school_year from {{ ref('stg_feed__title1_schools') }}
),

settings as (
    select
        school_year,
        max(case when parameter = 'edfacts_lea_id' then value end) as lea_id_pattern,
        max(case when parameter = 'edfacts_school_id' then value end) as school_id_pattern,
        max(case when parameter = 'edfacts_open_month' then number_value end) as open_month,
        max(case when parameter = 'edfacts_unlisted_schools' then value end) as unlisted_schools,
        max(case when parameter = 'fs132_include_zero' then value end) as fs132_include_zero,
        max(case when parameter = 'fs132_amount' then value end) as fs132_amount,
        max(case when parameter = 'fs212_include_exit' then value end) as fs212_include_exit
    from {{ ref('int_policy_years') }}
    group by school_year
)

select
    settings.school_year,
    settings.lea_id_pattern,
    settings.school_id_pattern,
    {{ day_of_school_year(
        start_of_school_year('settings.school_year'), 'of_state.school_year_first_month',
        'cast(settings.open_month as integer)', '1'
    ) }} as open_on,
    {{ day_of_school_year(
        start_of_school_year('settings.school_year') ~ ' + 1', 'of_state.school_year_first_month',
        'of_state.school_year_first_month', '1'
    ) }} as next_year_on,
    settings.unlisted_schools,
    settings.fs132_include_zero,
    settings.fs132_amount,
    settings.fs212_include_exit,
    calendar.school_year is not null as has_list,
    coalesce(calendar.has_own_list, false) as has_own_list
from settings
inner join covered on settings.school_year = covered.school_year
inner join spoken on settings.school_year = spoken.school_year
cross join {{ ref('stg_calendar') }} as of_state
left join {{ ref('int_designation_calendar') }} as calendar on settings.school_year = calendar.school_year
