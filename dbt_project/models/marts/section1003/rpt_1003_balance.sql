-- What is left of each LEA's award of each fiscal year, and until when it can be used.
with latest as (
    select
        of_lea.fiscal_year,
        of_lea.lea_id,
        max(charged.period) as reported_period,
        max_by(charged.charged_cents, charged.period) as spent_cents,
        max_by(
            charged.charged_cents,
            case when charged.period_end <= of_lea.first_year_until then charged.period end
        ) as first_year_cents
    from {{ ref('int_1003_grants') }} as of_lea
    inner join {{ ref('int_1003_charged') }} as charged
        on of_lea.fiscal_year = charged.fiscal_year and of_lea.lea_id = charged.lea_id
    group by of_lea.fiscal_year, of_lea.lea_id
),

paid as (
    select
        fiscal_year,
        lea_id,
        {{ to_cents('max(paid_so_far)') }} as paid_cents
    from {{ ref('fct_1003_payment') }}
    group by fiscal_year, lea_id
),

joined as (
    select
        of_lea.*,
        coalesce(latest.spent_cents, 0) as spent_cents,
        of_lea.grant_cents - coalesce(latest.spent_cents, 0) as left_cents,
        coalesce(latest.first_year_cents, 0) as first_year_cents,
        latest.reported_period,
        paid.paid_cents,
        choice.expiry_warning_days,
        clock.today
    from {{ ref('int_1003_grants') }} as of_lea
    inner join {{ ref('int_1003_use_settings') }} as choice on of_lea.fiscal_year = choice.fiscal_year
    cross join {{ ref('int_today') }} as clock
    left join latest on of_lea.fiscal_year = latest.fiscal_year and of_lea.lea_id = latest.lea_id
    left join paid on of_lea.fiscal_year = paid.fiscal_year and of_lea.lea_id = paid.lea_id
)

select
    fiscal_year,
    school_year,
    lea_id,
    recipient_ids,
    {{ from_cents('award_cents') }} as award,
    {{ from_cents('direct_cents') }} as direct_services,
    {{ from_cents('grant_cents') }} as drawable,
    {{ from_cents('spent_cents') }} as spent,
    {{ from_cents('paid_cents') }} as paid,
    {{ from_cents('left_cents') }} as left_over,
    case when today > first_year_until then {{ from_cents('grant_cents - first_year_cents') }} end
        as carried_over,
    reported_period,
    available_from,
    available_until,
    greatest(0, {{ days_between('today', 'available_until') }}) as days_left,
    {{ from_cents('case when today > available_until then left_cents else 0 end') }} as expired,
    case
        when left_cents = 0 then 'spent'
        when today > available_until then 'expired'
        when {{ days_between('today', 'available_until') }} <= expiry_warning_days then 'ends_soon'
        when today < available_from then 'not_yet'
        else 'open'
    end as standing
from joined
