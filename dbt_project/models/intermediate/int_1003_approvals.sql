-- Days on which a plan was approved, by whom: as LEAs reported them in their Duties sheets, and by the
-- state in its own record.
select
    org_id,
    duty_code,
    approved_on
from {{ ref('int_standing__duties') }}
where
    duty_code in ('approval_school', 'approval_lea', 'approval_sea')
    and approved_on is not null
union
select
    org_id,
    duty_code,
    done_on as approved_on
from {{ ref('stg_feed__state_actions') }}
where duty_code in ('approval_school', 'approval_lea', 'approval_sea')
