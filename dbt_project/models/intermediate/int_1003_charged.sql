-- What of an LEA's award of each fiscal year its reports have spent so far, in whole cents, for each month
-- with a report. Spending is laid to the oldest money that is still available; what that leaves goes to the
-- next.
--
-- In closed form: with G(k) granted up to the fiscal year k and S(j) spent by the end of fiscal year j's
-- money (or so far), G(k) + least(0, the least of S(j) - G(j) for j up to k) is laid to the money up to k:
-- at each j what was left of the money before has expired.
with reports as (
    select
        lea_id,
        period,
        max(period_end) as period_end,
        sum(spent_cents) as spent_cents
    from {{ ref('int_1003_spending') }}
    group by lea_id, period
),

beside as (
    select
        of_lea.fiscal_year,
        of_lea.lea_id,
        of_lea.available_from,
        of_lea.grant_cents,
        of_lea.granted_cents,
        reports.period,
        reports.period_end,
        sum(reports.spent_cents) over so_far as spent_cents,
        sum(
            case when reports.period_end <= of_lea.available_until then reports.spent_cents else 0 end
        ) over so_far as in_time_cents
    from {{ ref('int_1003_grants') }} as of_lea
    inner join reports on of_lea.lea_id = reports.lea_id
    where reports.period_end >= of_lea.first_day
    window so_far as (
        partition by of_lea.lea_id, of_lea.fiscal_year order by reports.period rows unbounded preceding
    )
),

-- what was laid to expired money stays there, even where a later report takes some back
settled as (
    select
        *,
        greatest(0, max(in_time_cents) over up_to_it) as settled_cents
    from beside
    window up_to_it as (partition by lea_id, period order by fiscal_year rows unbounded preceding)
),

laid as (
    select
        *,
        granted_cents + least(0, min(settled_cents - granted_cents) over up_to_it) as laid_cents
    from settled
    window up_to_it as (partition by lea_id, period order by fiscal_year rows unbounded preceding)
),

divided as (
    select
        *,
        laid_cents - coalesce(
            lag(laid_cents) over (partition by lea_id, period order by fiscal_year), 0
        ) as charged_cents
    from laid
)

select
    fiscal_year,
    lea_id,
    period,
    period_end,
    cast(charged_cents as bigint) as charged_cents,
    cast(spent_cents as bigint) as spent_cents
from divided
where period_end >= available_from
