-- What is paid to each LEA of its award, payment by payment: a first apportionment to LEAs that applied,
-- then, to those that reported for the month, what they have spent above what they were paid, never above
-- the award.
with grants as (
    select
        of_lea.fiscal_year,
        of_lea.school_year,
        of_lea.lea_id,
        of_lea.grant_cents,
        of_lea.available_from,
        of_lea.available_until,
        choice.first_millionths,
        choice.payment_months,
        application.lea_id is not null as is_applied
    from {{ ref('int_1003_grants') }} as of_lea
    inner join {{ ref('int_1003_use_settings') }} as choice on of_lea.fiscal_year = choice.fiscal_year
    left join {{ ref('int_1003_applications') }} as application
        on of_lea.fiscal_year = application.fiscal_year and of_lea.lea_id = application.lea_id
    where choice.payment_rule = 'reported_spending' and of_lea.grant_cents > 0
),

-- the first apportionments sum to their per cent of the awards: cents left over by rounding down go to the
-- largest remainders, the lower ID first
parts as (
    select
        *,
        {{ share_floor('grant_cents', 'first_millionths', '1000000') }} as whole_cents,
        {{ share_floor('sum(grant_cents) over same_year', 'first_millionths', '1000000') }} as all_cents,
        row_number() over (
            partition by fiscal_year, is_applied
            order by {{ share_remainder('grant_cents', 'first_millionths', '1000000') }} desc, lea_id asc
        ) as remainder_rank
    from grants
    window same_year as (partition by fiscal_year, is_applied)
),

apportioned as (
    select
        *,
        case
            when not is_applied then 0
            else
                whole_cents
                + case when remainder_rank <= all_cents - sum(whole_cents) over same_year then 1 else 0 end
        end as first_cents
    from parts
    window same_year as (partition by fiscal_year, is_applied)
),

months as (
    select
        apportioned.fiscal_year,
        apportioned.lea_id,
        of_month.period
    from apportioned
    inner join {{ ref('dim_period') }} as of_month
        on
            apportioned.available_from <= of_month.period_start
            and apportioned.available_until >= of_month.period_end
    where
        of_month.is_due
        and ',' || apportioned.payment_months || ','
        like '%,' || cast(month(of_month.period_start) as string) || ',%'
),

payments as (
    select
        apportioned.fiscal_year,
        apportioned.school_year,
        apportioned.lea_id,
        apportioned.grant_cents,
        apportioned.first_millionths,
        apportioned.is_applied,
        cast(null as string) as period,
        cast(null as bigint) as spent_cents,
        apportioned.first_cents as reached_cents
    from apportioned
    union all
    select
        apportioned.fiscal_year,
        apportioned.school_year,
        apportioned.lea_id,
        apportioned.grant_cents,
        apportioned.first_millionths,
        apportioned.is_applied,
        months.period,
        spent.charged_cents as spent_cents,
        -- never above the award: no more than that is laid to it
        case when apportioned.is_applied then spent.charged_cents else 0 end as reached_cents
    from apportioned
    inner join months
        on apportioned.fiscal_year = months.fiscal_year and apportioned.lea_id = months.lea_id
    left join {{ ref('int_1003_charged') }} as spent
        on
            months.fiscal_year = spent.fiscal_year
            and months.lea_id = spent.lea_id
            and months.period = spent.period
),

-- what has been paid is the most that was ever owed: a payment is never taken back
running as (
    select
        *,
        row_number() over in_order as payment_no,
        max(reached_cents) over in_order as paid_cents
    from payments
    window in_order as (
        partition by fiscal_year, lea_id order by period asc nulls first rows unbounded preceding
    )
),

stepped as (
    select
        *,
        coalesce(
            lag(paid_cents) over (partition by fiscal_year, lea_id order by payment_no), 0
        ) as before_cents
    from running
),

named as (
    select
        *,
        case
            when not is_applied then 'not_applied'
            when period is null then 'first'
            when spent_cents is null then 'not_reported'
            when paid_cents > before_cents then 'paid'
            else 'nothing_new'
        end as standing
    from stepped
)

select
    named.fiscal_year,
    named.school_year,
    named.lea_id,
    cast(named.payment_no as bigint) as payment_no,
    named.period,
    {{ from_cents('named.grant_cents') }} as drawable,
    {{ from_cents('named.spent_cents') }} as spent,
    {{ from_cents('named.before_cents') }} as paid_before,
    {{ from_cents('named.paid_cents - named.before_cents') }} as payment,
    {{ from_cents('named.paid_cents') }} as paid_so_far,
    {{ from_cents('named.grant_cents - named.paid_cents') }} as still_to_pay,
    named.standing,
    {{ filled('words.sentence', [
        ['percent', plain_number('named.first_millionths / 10000.0')],
        ['spent', from_cents('named.spent_cents')],
        ['before', from_cents('named.before_cents')],
        ['period', 'named.period'],
    ]) }} as reason
from named
inner join {{ ref('payment_standings') }} as words on named.standing = words.standing
