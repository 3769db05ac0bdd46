-- One row for what became of a school in a category from one school year to the next that the lists speak of.
-- What it is in now stands under the ID of now; what it left does too, unless a list leaves it out.
with steps as (
    select *
    from {{ ref('int_designation_steps') }}
    where comparison = 'years'
),

entered as (
    select
        coalesce(steps.after_org_id, years.org_id) as org_id,
        years.school_year,
        years.category,
        case
            when steps.from_category = years.category and steps.is_followed then 'carried_over'
            when steps.from_category = years.category and steps.from_reason = steps.to_reason then 'continued'
            when steps.from_category = years.category then 'reason_changed'
            when stay.cohort_year < years.school_year then 'carried_over'
            when stay.stay_no > 1 then 're_entered'
            else 'identified'
        end as event_code,
        steps.before_org_id,
        years.org_id as after_org_id,
        steps.from_year,
        steps.from_category,
        steps.from_reason,
        years.category as to_category,
        coalesce(years.reason, 'none') as to_reason,
        stay.cohort_year,
        stay.stay_no,
        coalesce(
            case when steps.is_followed then steps.before_org_id else steps.linked_org_id end,
            case when stay.cohort_org_id <> years.org_id then stay.cohort_org_id end
        ) as linked_org_id,
        steps.link_kind,
        steps.happened_on
    from {{ ref('int_designation_years') }} as years
    inner join {{ ref('int_designation_stays') }} as stay
        on
            years.org_id = stay.org_id
            and years.school_year = stay.school_year
            and years.category = stay.category
    left join steps on years.org_id = steps.after_org_id and years.school_year = steps.to_year
    where years.category <> 'none'
),

-- what was left; of a school that goes on under a new ID also the end under the old one
ended as (
    select
        org_id,
        to_year,
        from_category,
        category_end as event_code,
        before_org_id,
        after_org_id,
        from_year,
        from_reason,
        to_category,
        to_reason,
        case when is_followed then before_org_id else linked_org_id end as linked_org_id,
        link_kind,
        happened_on
    from steps
    where category_end is not null
    union all
    select
        before_org_id as org_id,
        to_year,
        from_category,
        'id_changed' as event_code,
        before_org_id,
        after_org_id,
        from_year,
        from_reason,
        to_category,
        to_reason,
        after_org_id as linked_org_id,
        link_kind,
        happened_on
    from steps
    where is_followed and span_end is not null
),

events as (
    select * from entered
    union all
    select
        ended.org_id,
        ended.to_year as school_year,
        ended.from_category as category,
        ended.event_code,
        ended.before_org_id,
        ended.after_org_id,
        ended.from_year,
        ended.from_category,
        ended.from_reason,
        ended.to_category,
        ended.to_reason,
        stay.cohort_year,
        stay.stay_no,
        ended.linked_org_id,
        ended.link_kind,
        ended.happened_on
    from ended
    inner join {{ ref('int_designation_stays') }} as stay
        on
            ended.before_org_id = stay.org_id
            and ended.from_year = stay.school_year
            and ended.from_category = stay.category
)

select
    events.org_id,
    organization.lea_id,
    events.school_year,
    events.category,
    events.event_code,
    kind.ends_stay,
    events.from_year,
    events.from_category,
    case when events.from_reason <> 'none' then events.from_reason end as from_reason,
    events.to_category,
    case when events.to_reason <> 'none' then events.to_reason end as to_reason,
    events.cohort_year,
    cast(events.stay_no as bigint) as stay_no,
    is_now.exit_code,
    is_now.exit_criteria,
    was.subgroups as from_subgroups,
    is_now.subgroups as to_subgroups,
    events.linked_org_id,
    events.link_kind,
    events.happened_on,
    was.list_year as from_list_year,
    was.official_status as from_status,
    was.source_file as from_source_file,
    was.source_sheet as from_source_sheet,
    was.source_row as from_source_row,
    is_now.list_year as to_list_year,
    is_now.official_status as to_status,
    is_now.source_file as to_source_file,
    is_now.source_sheet as to_source_sheet,
    is_now.source_row as to_source_row
from events
inner join {{ ref('designation_events') }} as kind on events.event_code = kind.event_code
left join {{ ref('int_designation_years') }} as was
    on events.before_org_id = was.org_id and events.from_year = was.school_year
left join {{ ref('int_designation_years') }} as is_now
    on events.after_org_id = is_now.org_id and events.school_year = is_now.school_year
left join {{ ref('dim_organization') }} as organization on events.org_id = organization.org_id
