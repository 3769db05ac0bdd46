-- Days on which a plan was approved, by whom. Schools and LEAs tell it in their Duties sheets; what the state
-- approved stands in its own record alone, where the word all means every school on a list.
with by_the_state as (
    select
        org_id,
        duty_code,
        done_on as approved_on
    from {{ ref('stg_feed__state_actions') }}
    where duty_code in ('approval_school', 'approval_lea', 'approval_sea')
),

listed as (
    select distinct org_id
    from {{ ref('int_1003_designated') }}
)

select
    org_id,
    duty_code,
    approved_on
from {{ ref('int_standing__duties') }}
where duty_code in ('approval_school', 'approval_lea') and approved_on is not null
union
select
    org_id,
    duty_code,
    approved_on
from by_the_state
where org_id <> 'all'
union
select
    listed.org_id,
    by_the_state.duty_code,
    by_the_state.approved_on
from by_the_state
cross join listed
where by_the_state.org_id = 'all'
