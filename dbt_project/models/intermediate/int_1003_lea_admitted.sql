-- Where a method caps what an LEA gets: the claims of each LEA that share its cap, with the cap less what
-- is promised to the LEA already. The answer drop leaves out, by LEA, the schools whose share would not
-- reach their smallest award.
with promised as (
    select
        fiscal_year,
        lea_id,
        cast(sum(paid_cents) as bigint) as paid_cents
    from {{ ref('int_1003_promised') }}
    group by fiscal_year, lea_id
),

capped as (
    select
        claim.fiscal_year,
        claim.lea_id as vessel,
        claim.org_id,
        claim.priority,
        claim.fixed_cents,
        claim.weight_units,
        claim.low_cents,
        case when ruling.minimum_answer = 'drop' then 0 else claim.low_cents end as before_cents,
        claim.high_cents,
        greatest(ruling.lea_cap_cents - coalesce(promised.paid_cents, 0), 0) as pool_cents
    from {{ ref('int_1003_claims') }} as claim
    inner join {{ ref('int_1003_methods') }} as ruling
        on claim.fiscal_year = ruling.fiscal_year and ruling.fill <> 'priority_cut'
    left join promised on claim.fiscal_year = promised.fiscal_year and claim.lea_id = promised.lea_id
    where claim.standing = 'claims' and ruling.lea_cap_cents is not null
),

lows as (
    select
        *,
        sum(before_cents) over (partition by fiscal_year, vessel) as all_lows
    from capped
),

claims as (
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
        case
            when all_lows > pool_cents
                then
                    {{ stop_with("
                        'Fiscal year ' || cast(fiscal_year as string) || ', LEA ' || vessel
                        || ': the smallest awards of its schools come to '
                        || cast(" ~ from_cents('all_lows') ~ " as string) || ', and an LEA can get '
                        || cast(" ~ from_cents('pool_cents') ~ " as string)
                        || '. Options in allocation.yaml: raise caps.lea, lower minimum.amount, or'
                        || ' write minimum.answer: drop.'
                    ") }}
            else pool_cents
        end as pool_cents
    from lows
),

{{ water_reached('claims') }},

-- the answer drop leaves out who does not reach its smallest award; the rest share the cap
admitted as (
    select
        claims.fiscal_year,
        claims.vessel,
        claims.org_id,
        claims.priority,
        claims.fixed_cents,
        claims.weight_units,
        claims.low_cents,
        claims.low_cents as before_cents,
        claims.high_cents,
        claims.pool_cents
    from claims
    left join water_reached as reached
        on
            claims.fiscal_year = reached.fiscal_year
            and claims.vessel = reached.vessel
            and claims.org_id = reached.org_id
    where claims.before_cents = claims.low_cents or coalesce(reached.has_entered, false)
)

select
    fiscal_year,
    vessel as lea_id,
    org_id,
    priority,
    fixed_cents,
    weight_units,
    low_cents,
    before_cents,
    high_cents,
    pool_cents
from admitted
