-- The IDs under which an organization's designations began, over links that carry them, one after the
-- other. Each earlier link took effect before the later one, so that no chain comes back to where it
-- was. Years of an ancestor count that began before the first of its links on the way took effect.
with recursive chains as (
    select
        successor_id as org_id,
        org_id as ancestor_id,
        effective_on as until_day,
        1 as n_links
    from {{ ref('int_organization_links') }}
    where carries_status
    union all
    select
        chains.org_id,
        link.org_id as ancestor_id,
        link.effective_on as until_day,
        chains.n_links + 1 as n_links
    from chains
    inner join {{ ref('int_organization_links') }} as link on chains.ancestor_id = link.successor_id
    where link.carries_status and link.effective_on < chains.until_day
)

select
    org_id,
    ancestor_id,
    max(until_day) as until_day,
    min(n_links) as n_links
from chains
where org_id <> ancestor_id
group by org_id, ancestor_id
