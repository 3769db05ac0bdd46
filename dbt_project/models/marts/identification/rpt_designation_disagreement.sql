-- Where the lists speak otherwise of the same school and year, and where a file contradicts itself.
with statements as (
    select
        told_row.*,
        known.category as known_category
    from {{ ref('stg_feed__designations') }} as told_row
    left join {{ ref('designation_categories') }} as known
        on told_row.category = known.category and told_row.reason = known.reason
),

own_lists as (
    select distinct school_year
    from {{ ref('int_designation_years') }}
    where list_year = school_year
),

-- lists whose own year names student groups at all
with_groups as (
    select distinct list_year
    from statements
    where list_year = school_year and subgroups is not null
),

-- the year before in the same list, of schools that the list says anything of an exit of
preceding as (
    select
        own.list_year,
        own.org_id,
        max(earlier.school_year) as school_year
    from statements as own
    inner join statements as earlier
        on
            own.list_year = earlier.list_year
            and own.org_id = earlier.org_id
            and own.school_year > earlier.school_year
    where own.list_year = own.school_year and own.exited_category is not null
    group by own.list_year, own.org_id
),

found as (
    select
        'lists_differ' as kind,
        later.org_id,
        later.school_year,
        earlier.list_year as first_list_year,
        later.list_year as second_list_year
    from statements as earlier
    inner join statements as later
        on
            earlier.org_id = later.org_id
            and earlier.school_year = later.school_year
            and earlier.list_year < later.list_year
    where
        earlier.category <> later.category
        or coalesce(earlier.reason, '') <> coalesce(later.reason, '')
    union all
    -- a later list names a school in a year whose own list leaves it out
    select
        'left_out_by_own_list' as kind,
        later.org_id,
        later.school_year,
        later.school_year as first_list_year,
        later.list_year as second_list_year
    from statements as later
    inner join own_lists on later.school_year = own_lists.school_year
    left join statements as own
        on
            later.org_id = own.org_id
            and later.school_year = own.school_year
            and own.list_year = own.school_year
    where later.list_year <> later.school_year and later.category <> 'none' and own.org_id is null
    union all
    select
        'reason_unknown' as kind,
        org_id,
        school_year,
        list_year as first_list_year,
        list_year as second_list_year
    from statements
    where known_category is null and (category <> 'none' or reason is not null)
    union all
    select
        case
            when told_row.subgroups is null then 'no_groups'
            else 'groups_without_status'
        end as kind,
        told_row.org_id,
        told_row.school_year,
        told_row.list_year as first_list_year,
        told_row.list_year as second_list_year
    from statements as told_row
    inner join with_groups on told_row.list_year = with_groups.list_year
    where
        told_row.list_year = told_row.school_year
        and (told_row.category in ('ATSI', 'TSI')) = (told_row.subgroups is null)
    union all
    -- said to have left what it was not in, or is still in; or to have left nothing, though it did
    select
        'exit_differs' as kind,
        own.org_id,
        own.school_year,
        own.list_year as first_list_year,
        own.list_year as second_list_year
    from statements as own
    inner join preceding on own.list_year = preceding.list_year and own.org_id = preceding.org_id
    inner join statements as earlier
        on
            preceding.list_year = earlier.list_year
            and preceding.org_id = earlier.org_id
            and preceding.school_year = earlier.school_year
    where
        own.list_year = own.school_year
        and case
            when own.exited_category = 'none'
                then earlier.category <> 'none' and earlier.category <> own.category
            else earlier.category <> own.exited_category or own.category = own.exited_category
        end
),

told as (
    select
        found.kind,
        found.org_id,
        organization.lea_id,
        coalesce(organization.org_name, later.org_name) as org_name,
        found.school_year,
        found.first_list_year,
        found.second_list_year,
        -- inside a file the other statement is that of the year before
        coalesce(earlier.official_status, year_before.official_status) as first_status,
        case
            when found.kind = 'left_out_by_own_list' then 'not_on_list'
            else coalesce(earlier.category, year_before.category)
        end as first_category,
        coalesce(earlier.reason, year_before.reason) as first_reason,
        coalesce(earlier.source_file, year_before.source_file) as first_source_file,
        coalesce(earlier.source_row, year_before.source_row) as first_source_row,
        later.official_status as second_status,
        later.category as second_category,
        later.reason as second_reason,
        later.source_file as second_source_file,
        later.source_row as second_source_row,
        later.exit_code,
        later.subgroups,
        preceding.school_year as preceding_year,
        -- a school that the own list leaves out has no row: that list stands, with no designation
        coalesce(standing.list_year, found.school_year) as standing_list_year,
        coalesce(standing.category, 'none') as standing_category,
        standing.reason as standing_reason,
        own_lists.school_year is not null as has_own_list
    from found
    left join statements as later
        on
            found.org_id = later.org_id
            and found.school_year = later.school_year
            and found.second_list_year = later.list_year
    left join statements as earlier
        on
            found.org_id = earlier.org_id
            and found.school_year = earlier.school_year
            and found.first_list_year = earlier.list_year
            and found.first_list_year <> found.second_list_year
    left join preceding
        on
            found.org_id = preceding.org_id
            and found.second_list_year = preceding.list_year
            and found.kind = 'exit_differs'
    left join statements as year_before
        on
            preceding.org_id = year_before.org_id
            and preceding.list_year = year_before.list_year
            and preceding.school_year = year_before.school_year
    left join {{ ref('int_designation_years') }} as standing
        on found.org_id = standing.org_id and found.school_year = standing.school_year
    left join own_lists on found.school_year = own_lists.school_year
    left join {{ ref('dim_organization') }} as organization on found.org_id = organization.org_id
)

select
    org_id,
    lea_id,
    org_name,
    school_year,
    kind,
    first_list_year,
    second_list_year,
    first_status,
    first_category,
    first_reason,
    second_status,
    second_category,
    second_reason,
    standing_list_year,
    standing_category,
    standing_reason,
    case when has_own_list then 'own_list' else 'newest_list' end as stands_because,
    case kind
        when 'lists_differ'
            then
                'The list of ' || first_list_year || ' says "' || first_status || '" of ' || school_year
                || ', the list of ' || second_list_year || ' says "' || second_status || '"'
                || case
                    when first_status <> second_status then ''
                    else ' and means ' || second_category || ', not ' || first_category
                end || '.'
        when 'left_out_by_own_list'
            then
                'The list of ' || school_year || ' leaves the school out, or has it under another ID;'
                || ' the list of '
                || second_list_year || ' says "' || second_status || '" of that year.'
        when 'reason_unknown'
            then
                'The list of ' || second_list_year || ' says "' || second_status || '", read as '
                || second_category || ' for ' || coalesce(second_reason, 'no reason')
                || '; the law knows no such reason of it.'
        when 'no_groups'
            then
                'The list says "' || second_status || '" and names no student group that it rests on.'
        when 'groups_without_status'
            then
                'The list says "' || second_status || '" and names student groups (' || subgroups || ').'
        else
            'The list says exit "' || exit_code || '", and "' || first_status || '" of ' || preceding_year
            || ', "' || second_status || '" of ' || school_year || '.'
    end
    || case
        when kind not in ('lists_differ', 'left_out_by_own_list') then ''
        when has_own_list then ' The year''s own list stands.'
        else ' No list is of that year itself: the newest that speaks of it stands.'
    end as in_words,
    first_source_file,
    first_source_row,
    second_source_file,
    second_source_row
from told
