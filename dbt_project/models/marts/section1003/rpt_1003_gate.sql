-- Whether each LEA has spent the part of its award that a gate asks for by its day.
with gates as (
    select
        fiscal_year,
        gate_on,
        cast(round(percent * 10000) as bigint) as gate_millionths,
        citation
    from (
        select
            *,
            row_number() over (
                partition by fiscal_year, gate_on order by received_at desc, source_file desc, source_row desc
            ) as recency
        from {{ ref('stg_feed__spending_gates') }}
    ) as ranked
    where recency = 1
),

-- the last month of reports that a gate can look at
looked_at as (
    select
        gates.fiscal_year,
        gates.gate_on,
        max(of_month.period) as last_period
    from gates
    inner join {{ ref('dim_period') }} as of_month on gates.gate_on >= of_month.period_end
    where of_month.is_reporting_month
    group by gates.fiscal_year, gates.gate_on
),

asked as (
    select
        of_lea.fiscal_year,
        of_lea.school_year,
        of_lea.lea_id,
        gates.gate_on,
        gates.gate_millionths,
        gates.citation,
        of_lea.grant_cents,
        {{ share_floor('of_lea.grant_cents', 'gates.gate_millionths', '1000000') }}
        + case
            when {{ share_remainder('of_lea.grant_cents', 'gates.gate_millionths', '1000000') }} > 0 then 1
            else 0
        end as needed_cents,
        looked_at.last_period
    from {{ ref('int_1003_grants') }} as of_lea
    inner join gates on of_lea.fiscal_year = gates.fiscal_year
    left join looked_at
        on gates.fiscal_year = looked_at.fiscal_year and gates.gate_on = looked_at.gate_on
    where of_lea.grant_cents > 0
),

spent as (
    select
        asked.fiscal_year,
        asked.lea_id,
        asked.gate_on,
        max(charged.period) as reported_period,
        max_by(charged.charged_cents, charged.period) as spent_cents
    from asked
    inner join {{ ref('int_1003_charged') }} as charged
        on
            asked.fiscal_year = charged.fiscal_year
            and asked.lea_id = charged.lea_id
            and asked.gate_on >= charged.period_end
    group by asked.fiscal_year, asked.lea_id, asked.gate_on
),

judged as (
    select
        asked.*,
        coalesce(spent.spent_cents, 0) as spent_cents,
        spent.reported_period,
        clock.today
    from asked
    cross join {{ ref('int_today') }} as clock
    left join spent
        on
            asked.fiscal_year = spent.fiscal_year
            and asked.lea_id = spent.lea_id
            and asked.gate_on = spent.gate_on
)

select
    fiscal_year,
    school_year,
    lea_id,
    gate_on,
    cast(gate_millionths / 10000.0 as decimal(7, 4)) as gate_percent,
    citation,
    {{ from_cents('grant_cents') }} as drawable,
    {{ from_cents('needed_cents') }} as needed,
    {{ from_cents('spent_cents') }} as spent,
    {{ from_cents('greatest(needed_cents - spent_cents, 0)') }} as short,
    reported_period,
    last_period as needed_period,
    case when today <= gate_on then {{ days_between('today', 'gate_on') }} end as days_left,
    case
        when spent_cents >= needed_cents then 'met'
        when today <= gate_on then 'open'
        when reported_period is null or reported_period < last_period then 'not_reported'
        else 'missed'
    end as standing
from judged
