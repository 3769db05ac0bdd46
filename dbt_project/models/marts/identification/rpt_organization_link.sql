-- What the state says of successors, and what directory and lists suggest. Two of the state's IDs with
-- one NCES ID are a candidate where a vintage shows the one ended (closed, merged, or listed before and
-- no more) and the other open. So are two IDs where a later list tells of one a year whose own list
-- leaves it out, and that own list says the same of another ID with the same name, which the later list
-- no longer names; each must be the only such one of the other. A candidate carries nothing until the
-- state says so in the feed organization_links.
with with_federal_id as (
    select
        org_id,
        effective_on,
        status,
        nces_lea_id || nces_school_id as federal_id
    from {{ ref('stg_feed__directory') }}
    where nces_lea_id is not null and nces_school_id is not null
),

shared as (
    select
        org_id,
        federal_id,
        min(effective_on) as first_seen_on
    from with_federal_id
    where
        federal_id in (
            select several.federal_id
            from with_federal_id as several
            group by several.federal_id
            having count(distinct several.org_id) > 1
        )
    group by org_id, federal_id
),

vintages as (
    select distinct effective_on
    from with_federal_id
),

-- each of them as each vintage shows it, from the first that lists it
seen as (
    select
        shared.org_id,
        shared.federal_id,
        vintages.effective_on,
        directory.org_id is null or coalesce(directory.status in ('closed', 'merged'), false) as has_ended,
        directory.closed_on
    from shared
    inner join vintages on shared.first_seen_on <= vintages.effective_on
    left join {{ ref('stg_feed__directory') }} as directory
        on shared.org_id = directory.org_id and vintages.effective_on = directory.effective_on
),

by_federal_id as (
    select
        gone.org_id,
        here.org_id as successor_id,
        min(gone.federal_id) as federal_id,
        min(gone.effective_on) as seen_on,
        max(gone.closed_on) as closed_on
    from seen as gone
    inner join seen as here
        on
            gone.federal_id = here.federal_id
            and gone.effective_on = here.effective_on
            and gone.org_id <> here.org_id
    where gone.has_ended and not here.has_ended
    group by gone.org_id, here.org_id
),

restated as (
    select
        later.org_id as successor_id,
        later.school_year,
        later.list_year,
        later.category,
        coalesce(later.reason, '') as reason,
        {{ plain_text('later.org_name') }} as list_name
    from {{ ref('stg_feed__designations') }} as later
    inner join {{ ref('int_designation_calendar') }} as calendar
        on later.school_year = calendar.school_year and calendar.has_own_list
    left join {{ ref('int_designation_years') }} as own
        on later.org_id = own.org_id and later.school_year = own.school_year
    where later.list_year > later.school_year and own.org_id is null
),

on_own_list as (
    select
        org_id,
        school_year,
        category,
        coalesce(reason, '') as reason,
        {{ plain_text('org_name') }} as list_name
    from {{ ref('int_designation_years') }}
    where list_year = school_year
),

named_alike as (
    select
        own.org_id,
        restated.successor_id,
        max(restated.list_year) as seen_list_year
    from restated
    inner join on_own_list as own
        on
            restated.school_year = own.school_year
            and restated.list_name = own.list_name
            and restated.category = own.category
            and restated.reason = own.reason
    left join {{ ref('stg_feed__designations') }} as still
        on
            own.org_id = still.org_id
            and restated.list_year = still.list_year
            and still.school_year = still.list_year
    where still.org_id is null
    group by own.org_id, restated.successor_id
),

counted as (
    select
        *,
        count(*) over (partition by org_id) as n_successors,
        count(*) over (partition by successor_id) as n_predecessors
    from named_alike
),

by_lists as (
    select *
    from counted
    where n_successors = 1 and n_predecessors = 1
),

candidates as (
    select
        coalesce(by_federal_id.org_id, by_lists.org_id) as org_id,
        coalesce(by_federal_id.successor_id, by_lists.successor_id) as successor_id,
        case
            when by_lists.org_id is null then 'federal_id'
            when by_federal_id.org_id is null then 'lists'
            else 'federal_id_and_lists'
        end as basis,
        by_federal_id.federal_id,
        by_federal_id.seen_on,
        by_federal_id.closed_on,
        by_lists.seen_list_year
    from by_federal_id
    full outer join by_lists
        on by_federal_id.org_id = by_lists.org_id and by_federal_id.successor_id = by_lists.successor_id
),

both_kinds as (
    select
        org_id,
        successor_id,
        kind,
        true as is_certain,
        'stated' as basis,
        effective_on,
        is_same_school,
        is_one_to_one,
        carries_status,
        cast(null as string) as federal_id,
        cast(null as date) as seen_on,
        cast(null as date) as closed_on,
        cast(null as string) as seen_list_year,
        source as stated_in,
        source_file,
        source_row
    from {{ ref('int_organization_links') }}
    union all
    select
        candidates.org_id,
        candidates.successor_id,
        'candidate' as kind,
        false as is_certain,
        candidates.basis,
        cast(null as date) as effective_on,
        false as is_same_school,
        false as is_one_to_one,
        false as carries_status,
        candidates.federal_id,
        candidates.seen_on,
        candidates.closed_on,
        candidates.seen_list_year,
        cast(null as string) as stated_in,
        cast(null as string) as source_file,
        cast(null as bigint) as source_row
    from candidates
    left join {{ ref('int_organization_links') }} as certain
        on candidates.org_id = certain.org_id and candidates.successor_id = certain.successor_id
    where certain.org_id is null
),

ends as (
    select
        org_id,
        max(school_year) as last_year,
        max_by(category, school_year) filter (where category is not null) as last_category,
        min(school_year) as first_year,
        min_by(category, school_year) filter (where category is not null) as first_category
    from {{ ref('int_designation_years') }}
    group by org_id
)

select
    link.org_id,
    link.successor_id,
    link.kind,
    link.is_certain,
    link.basis,
    link.effective_on,
    link.carries_status,
    link.is_one_to_one,
    link.federal_id,
    link.seen_on,
    link.closed_on,
    link.seen_list_year,
    directory.opened_on as successor_opened_on,
    organization.org_name,
    directory.org_name as successor_name,
    last_told.last_year,
    last_told.last_category,
    first_told.first_year as successor_first_year,
    first_told.first_category as successor_first_category,
    coalesce(last_told.last_category <> 'none', false)
    and coalesce(first_told.first_year > last_told.last_year, true) as touches_designation,
    case
        when link.is_same_school and not link.is_one_to_one then 'contradicted'
        when link.is_certain and link.carries_status then 'carries'
        when link.is_certain then 'told_only'
        else 'to_be_decided'
    end as effect,
    link.stated_in,
    link.source_file,
    link.source_row
from both_kinds as link
left join {{ ref('dim_organization') }} as organization on link.org_id = organization.org_id
left join {{ ref('dim_organization') }} as directory on link.successor_id = directory.org_id
left join ends as last_told on link.org_id = last_told.org_id
left join ends as first_told on link.successor_id = first_told.org_id
