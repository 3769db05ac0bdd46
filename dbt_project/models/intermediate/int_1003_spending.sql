-- What an organization's reports add to its spending of §1003 money, in whole cents, one row for each month
-- with a report of it. The sums reported start again with each school year, or run on, as policy says;
-- several spellings of the fund in one report are added up.
with funds as (
    {{ names_in_policy('section_1003_funds', 'fund') }}
),

starts as (
    select
        school_year,
        case when value = 'school_year' then school_year else 'the fund' end as sums_since
    from {{ ref('int_policy_years') }}
    where parameter = 'fund_sums_start'
),

stated as (
    select
        report.org_id,
        report.lea_id,
        report.period,
        of_month.period_end,
        of_month.school_year,
        starts.sums_since,
        sum({{ to_cents('report.spent_to_date') }}) as stated_cents
    from {{ ref('int_standing__expenditures') }} as report
    inner join {{ ref('dim_period') }} as of_month on report.period = of_month.period
    inner join funds
        on of_month.school_year = funds.school_year and {{ plain_text('report.fund_source') }} = funds.fund
    left join starts on of_month.school_year = starts.school_year
    group by
        report.org_id,
        report.lea_id,
        report.period,
        of_month.period_end,
        of_month.school_year,
        starts.sums_since
)

select
    org_id,
    lea_id,
    period,
    period_end,
    school_year,
    cast(stated_cents as bigint) as stated_cents,
    cast(
        stated_cents - coalesce(
            lag(stated_cents) over (partition by org_id, sums_since order by period), 0
        )
        as bigint
    ) as spent_cents
from stated
