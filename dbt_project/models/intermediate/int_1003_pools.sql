-- What can be awarded in each fiscal year, in whole cents: the pool of the LEAs, no more than the state's
-- own budget lets go, less what is promised already. Promises that are more than that stop the night.
with promised as (
    select
        fiscal_year,
        sum(paid_cents) as committed_cents
    from {{ ref('int_1003_commitments') }}
    group by fiscal_year
),

pools as (
    select
        reservation.fiscal_year,
        reservation.school_year,
        reservation.version,
        ruling.method,
        {{ to_cents('reservation.reserved') }} as reserved_cents,
        {{ to_cents('reservation.state_share') }} as state_share_cents,
        {{ to_cents('reservation.lea_pool') }} as lea_pool_cents,
        {{ to_cents('budget.amount') }} as appropriation_cents,
        least(
            {{ to_cents('reservation.lea_pool') }},
            coalesce({{ to_cents('budget.amount') }}, {{ to_cents('reservation.lea_pool') }})
        ) as available_cents,
        cast(coalesce(promised.committed_cents, 0) as bigint) as committed_cents
    from {{ ref('fct_1003_reservation') }} as reservation
    left join {{ ref('int_1003_methods') }} as ruling on reservation.fiscal_year = ruling.fiscal_year
    left join {{ ref('stg_allocation__appropriations') }} as budget
        on reservation.fiscal_year = budget.fiscal_year
    left join promised on reservation.fiscal_year = promised.fiscal_year
    where reservation.is_standing and reservation.lea_pool is not null
)

select
    fiscal_year,
    school_year,
    version,
    method,
    reserved_cents,
    state_share_cents,
    lea_pool_cents,
    appropriation_cents,
    available_cents,
    committed_cents,
    case
        when committed_cents > available_cents
            then
                {{ stop_with("
                    'Fiscal year ' || cast(fiscal_year as string) || ': the feed subgrants promises '
                    || cast(" ~ from_cents('committed_cents') ~ " as string) || ' and '
                    || cast(" ~ from_cents('available_cents') ~ " as string) || ' can be awarded. Options:'
                    || ' lower or end promised amounts in that feed, state a larger pool in the feed'
                    || ' title1_pools, or raise the amount under appropriations in allocation.yaml.'
                ") }}
        else available_cents - committed_cents
    end as new_cents
from pools
