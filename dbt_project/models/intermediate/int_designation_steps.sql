-- Every school from one school year that the lists speak of to the next (comparison years), and from
-- one list's own year to the next list's (comparison lists): what it was, what it is, and why a list
-- leaves it out. A school that the state says went on under one other ID is one row: the old ID before,
-- the new one is_now.
with pairs as (
    select
        'years' as comparison,
        school_year as from_year,
        next_year as to_year
    from {{ ref('int_designation_calendar') }}
    where next_year is not null
    union all
    select
        'lists' as comparison,
        school_year as from_year,
        next_list_year as to_year
    from {{ ref('int_designation_calendar') }}
    where next_list_year is not null
),

befores as (
    select
        pairs.*,
        years.org_id
    from pairs
    inner join {{ ref('int_designation_years') }} as years on pairs.from_year = years.school_year
),

afters as (
    select
        pairs.*,
        years.org_id
    from pairs
    inner join {{ ref('int_designation_years') }} as years on pairs.to_year = years.school_year
),

under_own_id as (
    select
        coalesce(befores.comparison, afters.comparison) as comparison,
        coalesce(befores.from_year, afters.from_year) as from_year,
        coalesce(befores.to_year, afters.to_year) as to_year,
        befores.org_id as before_org_id,
        afters.org_id as after_org_id
    from befores
    full outer join afters
        on
            befores.comparison = afters.comparison
            and befores.to_year = afters.to_year
            and befores.org_id = afters.org_id
),

-- the links of those whom a list leaves out, the latest of each
leaving as (
    select
        own.comparison,
        own.from_year,
        own.to_year,
        own.before_org_id,
        link.successor_id,
        link.kind,
        link.effective_on,
        link.is_one_to_one,
        row_number() over (
            partition by own.comparison, own.to_year, own.before_org_id
            order by
                case when link.is_one_to_one then 0 else 1 end,
                link.effective_on desc,
                link.kind asc nulls last,
                link.successor_id asc nulls last
        ) as preference
    from under_own_id as own
    inner join {{ ref('int_organization_links') }} as link on own.before_org_id = link.org_id
    inner join {{ ref('int_designation_calendar') }} as calendar on own.to_year = calendar.school_year
    where own.after_org_id is null and link.effective_on < calendar.next_first_day
),

followed as (
    select
        leaving.comparison,
        leaving.from_year,
        leaving.to_year,
        leaving.before_org_id,
        arriving.after_org_id
    from leaving
    inner join under_own_id as arriving
        on
            leaving.comparison = arriving.comparison
            and leaving.to_year = arriving.to_year
            and leaving.successor_id = arriving.after_org_id
    where leaving.preference = 1 and leaving.is_one_to_one and arriving.before_org_id is null
),

schools as (
    select
        own.comparison,
        own.from_year,
        own.to_year,
        own.before_org_id,
        own.after_org_id,
        false as is_followed
    from under_own_id as own
    left join followed as as_old
        on
            own.comparison = as_old.comparison
            and own.to_year = as_old.to_year
            and own.before_org_id = as_old.before_org_id
    left join followed as as_new
        on
            own.comparison = as_new.comparison
            and own.to_year = as_new.to_year
            and own.after_org_id = as_new.after_org_id
    -- whoever stands on both lists under one ID is in neither of them
    where as_old.comparison is null and as_new.comparison is null
    union all
    select
        comparison,
        from_year,
        to_year,
        before_org_id,
        after_org_id,
        true as is_followed
    from followed
),

severity as (
    select
        category,
        min(rank) as rank
    from {{ ref('designation_categories') }}
    group by category
),

-- whoever a link made since the year before began; a merger makes no school
arrived as (
    select
        schools.comparison,
        schools.to_year,
        schools.after_org_id,
        min(link.org_id) as predecessor_id,
        min(link.kind) as kind,
        max(link.effective_on) as effective_on
    from schools
    inner join {{ ref('int_organization_links') }} as link on schools.after_org_id = link.successor_id
    inner join {{ ref('int_designation_calendar') }} as calendar on schools.from_year = calendar.school_year
    where
        schools.before_org_id is null
        and link.kind <> 'merged'
        and link.effective_on > calendar.first_day
    group by schools.comparison, schools.to_year, schools.after_org_id
),

told as (
    select
        schools.comparison,
        schools.from_year,
        schools.to_year,
        schools.before_org_id,
        schools.after_org_id,
        schools.is_followed,
        case
            when was.category is not null then was.category
            when arrived.after_org_id is not null or directory.opened_on > from_calendar.first_day then 'new'
            else 'not_on_list'
        end as from_category,
        case
            when is_now.category is not null then is_now.category
            when leaving.kind in ('changed_id', 'reopened') then 'id_changed'
            when leaving.kind is not null then leaving.kind
            when absence.absence is not null then absence.absence
            else 'not_on_list'
        end as to_category,
        was.reason as before_reason,
        is_now.reason as after_reason,
        was.category as before_category,
        is_now.category as after_category,
        severity_before.rank as before_rank,
        severity_after.rank as after_rank,
        is_now.exited_category,
        case
            when schools.is_followed or schools.after_org_id is null then leaving.successor_id
            else arrived.predecessor_id
        end as linked_org_id,
        case
            when schools.is_followed or schools.after_org_id is null then leaving.kind
            else arrived.kind
        end as link_kind,
        case
            when schools.is_followed or (schools.after_org_id is null and leaving.kind is not null)
                then leaving.effective_on
            when schools.after_org_id is null then absence.closed_on
            else arrived.effective_on
        end as happened_on
    from schools
    inner join {{ ref('int_designation_calendar') }} as from_calendar
        on schools.from_year = from_calendar.school_year
    left join {{ ref('int_designation_years') }} as was
        on schools.before_org_id = was.org_id and schools.from_year = was.school_year
    left join {{ ref('int_designation_years') }} as is_now
        on schools.after_org_id = is_now.org_id and schools.to_year = is_now.school_year
    left join leaving
        on
            schools.comparison = leaving.comparison
            and schools.to_year = leaving.to_year
            and schools.before_org_id = leaving.before_org_id
            and leaving.preference = 1
    left join arrived
        on
            schools.comparison = arrived.comparison
            and schools.to_year = arrived.to_year
            and schools.after_org_id = arrived.after_org_id
    left join {{ ref('int_designation_absences') }} as absence
        on schools.before_org_id = absence.org_id and schools.to_year = absence.school_year
    left join {{ ref('dim_organization') }} as directory on schools.after_org_id = directory.org_id
    left join severity as severity_before on was.category = severity_before.category
    left join severity as severity_after on is_now.category = severity_after.category
),

judged as (
    select
        *,
        case
            when before_rank is null then null
            when after_category is null
                then case when to_category = 'not_on_list' then 'left_list' else to_category end
            when after_category = before_category then null
            when after_rank < before_rank then 'escalated'
            when after_rank is not null then 'stepped_down'
            when exited_category = before_category then 'exited'
            else 'removed'
        end as category_end
    from told
)

select
    comparison,
    from_year,
    to_year,
    coalesce(after_org_id, before_org_id) as org_id,
    before_org_id,
    after_org_id,
    is_followed,
    from_category,
    coalesce(before_reason, 'none') as from_reason,
    to_category,
    coalesce(after_reason, 'none') as to_reason,
    category_end,
    case
        when before_rank is null then null
        when is_followed then 'id_changed'
        when category_end is not null then category_end
        when coalesce(after_reason, '') <> coalesce(before_reason, '') then 'reason_changed'
    end as span_end,
    linked_org_id,
    link_kind,
    happened_on
from judged
