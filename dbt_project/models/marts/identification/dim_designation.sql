-- Spans are islands of school years, one after the other among those that the lists speak of, with the
-- same category and reason. They are half-open: valid_to_year is the first of those years without it,
-- null while the newest list still holds it.
with stated as (
    select
        years.org_id,
        years.category,
        years.reason,
        years.list_year,
        years.official_status,
        years.school_year,
        years.subgroups,
        calendar.start_year,
        calendar.place
    from {{ ref('int_designation_years') }} as years
    inner join {{ ref('int_designation_calendar') }} as calendar on years.school_year = calendar.school_year
    where years.category <> 'none'
),

islands as (
    select
        *,
        place - row_number() over (
            partition by org_id, category, reason order by place
        ) as island
    from stated
),

spans as (
    select
        org_id,
        category,
        reason,
        min(start_year) as first_start,
        max(start_year) as last_start,
        min(school_year) as first_year,
        max(school_year) as last_year,
        min_by(official_status, start_year) filter (where official_status is not null) as official_status,
        min_by(list_year, start_year) as first_list_year,
        max_by(subgroups, start_year) filter (where subgroups is not null) as subgroups
    from islands
    group by org_id, category, reason, island
)

select
    spans.org_id,
    organization.lea_id,
    spans.category,
    spans.reason,
    {{ school_year_from_start('spans.first_start') }} as valid_from_year,
    next_calendar.school_year as valid_to_year,
    make_date(cast(spans.first_start as integer), cast(of_state.school_year_first_month as integer), 1)
        as valid_from,
    next_calendar.first_day as valid_to,
    cast(coalesce(next_calendar.start_year, spans.last_start + 1) - spans.first_start as bigint) as n_years,
    spans.official_status,
    spans.first_list_year,
    organization.org_id is not null as is_in_directory,
    spans.subgroups,
    stay.cohort_year,
    case when stay.cohort_org_id <> spans.org_id then stay.cohort_org_id end as carried_from_id,
    cast(
        coalesce(next_calendar.start_year, spans.last_start + 1)
        - {{ start_of_school_year('stay.cohort_year') }} as bigint
    ) as years_in_status,
    cast(stay.stay_no as bigint) as stay_no,
    stay.stay_no > 1 as is_reentry,
    step.span_end as ended_how,
    step.to_category as ended_in_category,
    case when step.to_reason <> 'none' then step.to_reason end as ended_in_reason,
    is_now.list_year as ended_list_year,
    is_now.official_status as ended_status,
    is_now.exit_code as ended_exit_code,
    is_now.exit_criteria as ended_exit_criteria,
    case when step.before_org_id is not null then step.linked_org_id end as successor_id,
    case when step.after_org_id is null or step.is_followed then step.happened_on end as happened_on
from spans
cross join {{ ref('stg_calendar') }} as of_state
inner join {{ ref('int_designation_calendar') }} as calendar on spans.last_year = calendar.school_year
left join {{ ref('int_designation_calendar') }} as next_calendar
    on calendar.next_year = next_calendar.school_year
left join {{ ref('int_designation_stays') }} as stay
    on
        spans.org_id = stay.org_id
        and spans.category = stay.category
        and spans.first_year = stay.school_year
left join {{ ref('int_designation_steps') }} as step
    on
        spans.org_id = step.before_org_id
        and spans.last_year = step.from_year
        and step.comparison = 'years'
left join {{ ref('int_designation_years') }} as is_now
    on step.after_org_id = is_now.org_id and step.to_year = is_now.school_year
left join {{ ref('dim_organization') }} as organization on spans.org_id = organization.org_id
