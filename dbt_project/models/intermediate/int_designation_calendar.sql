-- The school years that any list speaks of, in order. A year that no list speaks of is not among them:
-- a state that says nothing of anybody says nothing of a school, so that its designations go on through
-- that year.
with spoken as (
    select
        school_year,
        {{ start_of_school_year('school_year') }} as start_year,
        bool_or(list_year = school_year) as has_own_list
    from {{ ref('int_designation_years') }}
    group by school_year
),

own_lists as (
    select
        school_year,
        lead(school_year) over (order by start_year) as next_list_year
    from spoken
    where has_own_list
)

select
    spoken.school_year,
    cast(spoken.start_year as integer) as start_year,
    make_date(cast(spoken.start_year as integer), cast(of_state.school_year_first_month as integer), 1)
        as first_day,
    make_date(cast(spoken.start_year + 1 as integer), cast(of_state.school_year_first_month as integer), 1)
        as next_first_day,
    cast(row_number() over (order by spoken.start_year) as bigint) as place,
    lag(spoken.school_year) over (order by spoken.start_year) as previous_year,
    lead(spoken.school_year) over (order by spoken.start_year) as next_year,
    spoken.has_own_list,
    own_lists.next_list_year
from spoken
cross join {{ ref('stg_calendar') }} as of_state
left join own_lists on spoken.school_year = own_lists.school_year
