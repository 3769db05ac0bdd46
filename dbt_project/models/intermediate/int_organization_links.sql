-- What the state says of successors, one row per ID, successor and kind, with what follows from it.
-- A link stands for one school under two IDs only where neither ID has another such link; a second one is a
-- contradiction of the state's, and then each ID is counted for itself and nothing is carried.
with stated as (
    select
        link.org_id,
        link.successor_id,
        link.kind,
        link.effective_on,
        kind.is_same_school,
        coalesce(link.carries_status, kind.carries_status) as carries_status,
        link.source,
        link.source_file,
        link.source_row,
        link.received_at,
        row_number() over (
            partition by link.org_id, link.successor_id, link.kind
            order by link.received_at desc, link.source_file asc, link.source_row asc
        ) as preference
    from {{ ref('stg_feed__organization_links') }} as link
    inner join {{ ref('organization_link_kinds') }} as kind on link.kind = kind.kind
    where link.org_id <> link.successor_id
),

standing as (
    select
        *,
        -- counted over the links of the same school alone
        case
            when is_same_school
                then
                    count(*) over (partition by org_id, is_same_school) = 1
                    and count(*) over (partition by successor_id, is_same_school) = 1
            else false
        end as is_one_to_one
    from stated
    where preference = 1
)

select
    org_id,
    successor_id,
    kind,
    effective_on,
    is_same_school,
    carries_status and (is_one_to_one or not is_same_school) as carries_status,
    is_one_to_one,
    source,
    source_file,
    source_row,
    received_at
from standing
