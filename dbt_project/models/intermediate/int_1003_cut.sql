-- What each claim gets where a list is paid in order until the money ends. An LEA that has reached its cap
-- is passed over; the first claim that does not fit ends the list, with what is left or nothing as the
-- method says.
with promised as (
    select
        fiscal_year,
        lea_id,
        sum(paid_cents) as paid_cents
    from {{ ref('int_1003_promised') }}
    group by fiscal_year, lea_id
),

claims as (
    select
        claim.fiscal_year,
        claim.lea_id,
        claim.org_id,
        claim.priority,
        claim.low_cents,
        claim.cap_basis,
        ruling.last_award,
        pool.new_cents,
        least(claim.fixed_cents, coalesce(claim.high_cents, claim.fixed_cents)) as wanted_cents,
        ruling.lea_cap_cents - coalesce(promised.paid_cents, 0) as lea_cap_cents
    from {{ ref('int_1003_claims') }} as claim
    inner join {{ ref('int_1003_methods') }} as ruling
        on claim.fiscal_year = ruling.fiscal_year and ruling.fill = 'priority_cut'
    inner join {{ ref('int_1003_pools') }} as pool on claim.fiscal_year = pool.fiscal_year
    left join promised on claim.fiscal_year = promised.fiscal_year and claim.lea_id = promised.lea_id
    where claim.standing = 'claims'
),

of_lea as (
    select
        *,
        sum(wanted_cents) over (
            partition by fiscal_year, lea_id order by priority, org_id
            rows between unbounded preceding and current row
        ) - wanted_cents as lea_before
    from claims
),

within_lea as (
    select
        *,
        case
            when wanted_cents < low_cents then 0
            when lea_cap_cents is null then wanted_cents
            when least(wanted_cents, lea_cap_cents - lea_before) < greatest(low_cents, 1) then 0
            else least(wanted_cents, lea_cap_cents - lea_before)
        end as within_cents
    from of_lea
),

in_order as (
    select
        *,
        sum(within_cents) over (
            partition by fiscal_year order by priority, org_id
            rows between unbounded preceding and current row
        ) - within_cents as before_cents
    from within_lea
)

select
    fiscal_year,
    org_id,
    wanted_cents,
    cast(within_cents as bigint) as within_cents,
    case when within_cents < wanted_cents then 'cap_lea' else cap_basis end as cap_basis,
    wanted_cents < low_cents as is_below_minimum,
    cast(case
        when before_cents + within_cents <= new_cents then within_cents
        when
            last_award = 'partial'
            and new_cents - before_cents >= greatest(low_cents, 1)
            then new_cents - before_cents
        else 0
    end as bigint) as award_cents
from in_order
