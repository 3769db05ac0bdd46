-- Months from the start of the school year of the first report (or of the as-of time, where nothing
-- was reported) to the end of the school year of the as-of time.
with facts as (
    select
        clock.today,
        cast(of_state.school_year_first_month as integer) as first_month
    from {{ ref('int_today') }} as clock
    cross join {{ ref('stg_calendar') }} as of_state
),

reported as (
    select min(period) as first_period, max(period) as last_period
    from {{ ref('stg_intake__submissions') }}
    where outcome <> 'refused'
),

bounds as (
    select
        facts.today,
        facts.first_month,
        least(
            facts.today, coalesce(cast(reported.first_period || '-01' as date), facts.today)
        ) as first_day,
        greatest(
            facts.today, coalesce(cast(reported.last_period || '-01' as date), facts.today)
        ) as last_day
    from facts
    cross join reported
),

school_years as (
    select
        today,
        first_month,
        make_date(
            cast(year(first_day) - case when month(first_day) < first_month then 1 else 0 end as integer),
            first_month,
            1
        ) as first_start,
        cast(year(last_day) - case when month(last_day) < first_month then 1 else 0 end as integer)
            as last_start_year
    from bounds
),

month_numbers as (
    {{ numbers_to(1199) }}
),

months as (
    select
        school_years.today,
        school_years.first_month,
        {{ add_months('school_years.first_start', 'month_numbers.n') }} as period_start,
        cast(floor(month_numbers.n / 12) as integer) + year(school_years.first_start) as start_year,
        cast(month_numbers.n % 12 as integer) + 1 as month_no,
        school_years.last_start_year
    from school_years
    cross join month_numbers
),

named as (
    select
        left(cast(period_start as string), 7) as period,
        period_start,
        cast({{ add_months('period_start', 1) }} - 1 as date) as period_end,
        {{ school_year_from_start('start_year') }} as school_year,
        month_no,
        cast(floor((month_no - 1) / 3) as integer) + 1 as quarter_no,
        cast(floor((month_no - 1) / 6) as integer) + 1 as semester_no,
        today
    from months
    where start_year <= last_start_year
),

dated as (
    select
        named.*,
        -- a month without that day is due on its last
        least(
            cast(named.period_end + cast(due_day.value as integer) as date),
            cast({{ add_months('named.period_start', 2) }} - 1 as date)
        ) as due_on,
        ',' || reporting.value || ','
        like '%,' || cast(month(named.period_start) as string) || ',%' as is_reporting_month
    from named
    left join {{ ref('stg_policy') }} as due_day
        on
            due_day.parameter = 'due_day'
            and named.school_year >= due_day.from_year
            and (due_day.until_year is null or named.school_year < due_day.until_year)
    left join {{ ref('stg_policy') }} as reporting
        on
            reporting.parameter = 'reporting_months'
            and named.school_year >= reporting.from_year
            and (reporting.until_year is null or named.school_year < reporting.until_year)
)

select
    period,
    period_start,
    period_end,
    school_year,
    cast(month_no as bigint) as month_no,
    cast(quarter_no as bigint) as quarter_no,
    cast(semester_no as bigint) as semester_no,
    school_year || ' Q' || cast(quarter_no as string) as quarter_id,
    school_year || ' S' || cast(semester_no as string) as semester_id,
    due_on,
    is_reporting_month,
    -- the whole due day still counts as on time
    today > due_on as is_due
from dated
