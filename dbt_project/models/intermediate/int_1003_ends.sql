-- What each claim that shares the year's new money by a formula can come to: its ends, its LEA's cap among
-- them. With the answer raise, smallest awards that come to more than the money stop the night, with what
-- can be done about it.
with capped as (
    select
        claim.fiscal_year,
        'state' as vessel,
        claim.org_id,
        claim.priority,
        claim.fixed_cents,
        claim.weight_units,
        claim.low_cents,
        case when ruling.minimum_answer = 'drop' then 0 else claim.low_cents end as before_cents,
        case when within_lea.is_binding then within_lea.high_cents else claim.high_cents end as high_cents,
        case
            when
                within_lea.is_binding
                and within_lea.high_cents < coalesce(claim.high_cents, within_lea.high_cents + 1)
                then 'cap_lea'
            else claim.cap_basis
        end as cap_basis,
        pool.new_cents as pool_cents,
        coalesce(ruling.minimum_answer = 'drop', false) as can_be_dropped,
        ruling.method
    from {{ ref('int_1003_claims') }} as claim
    inner join {{ ref('int_1003_methods') }} as ruling
        on claim.fiscal_year = ruling.fiscal_year and ruling.fill <> 'priority_cut'
    inner join {{ ref('int_1003_pools') }} as pool on claim.fiscal_year = pool.fiscal_year
    left join {{ ref('int_1003_lea_highs') }} as within_lea
        on claim.fiscal_year = within_lea.fiscal_year and claim.org_id = within_lea.org_id
    where claim.standing = 'claims' and (ruling.lea_cap_cents is null or within_lea.org_id is not null)
),

lows as (
    select
        *,
        sum(before_cents) over (partition by fiscal_year) as all_lows,
        sum(case when before_cents > 0 then 1 else 0 end) over (partition by fiscal_year) as n_lows
    from capped
)

select
    fiscal_year,
    vessel,
    org_id,
    priority,
    fixed_cents,
    weight_units,
    low_cents,
    before_cents,
    high_cents,
    cap_basis,
    can_be_dropped,
    case
        when all_lows > pool_cents
            then
                {{ stop_with("
                    'Fiscal year ' || cast(fiscal_year as string)
                    || ': the smallest awards of method ' || method || ' come to '
                    || cast(" ~ from_cents('all_lows') ~ " as string) || ' for '
                    || cast(n_lows as string) || ' schools, and the new money is '
                    || cast(" ~ from_cents('pool_cents') ~ " as string) || '. Options: (1) lower'
                    || ' minimum.amount in allocation.yaml, to '
                    || cast(" ~ from_cents(share_floor('pool_cents', '1', 'n_lows')) ~ " as string)
                    || ' where it is the same for all; (2) write minimum.answer: drop, so that the'
                    || ' last in priority get nothing; (3) make fewer schools eligible by a condition'
                    || ' of the method; (4) have '
                    || cast(" ~ from_cents('all_lows - pool_cents') ~ " as string) || ' more to award.'
                ") }}
        else pool_cents
    end as pool_cents
from lows
