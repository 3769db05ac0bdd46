-- For every month in which any support was provided: how each organization's actions of a practice went
-- that came due in the policy's months before it and after it, within the school year. The month itself
-- counts on neither side. Grows with organizations × practices × the months of a year, not with supports.
with events as (
    select distinct
        school_year,
        provided_period,
        provided_month_no
    from {{ ref('int_support_practices') }}
    where provided_period is not null
),

months as (
    select
        events.school_year,
        events.provided_period,
        periods.period,
        periods.month_no > events.provided_month_no as is_after
    from events
    inner join {{ ref('int_support_settings') }} as setting on events.school_year = setting.school_year
    inner join {{ ref('dim_period') }} as periods
        on
            events.school_year = periods.school_year
            and events.provided_month_no <> periods.month_no
            and periods.month_no
            between events.provided_month_no - setting.months and events.provided_month_no + setting.months
),

sums as (
    select
        newly.org_id,
        months.school_year,
        months.provided_period,
        newly.code as practice_code,
        cast(coalesce(sum(newly.n_newly_due) filter (where not months.is_after), 0) as bigint)
            as n_due_before,
        cast(coalesce(sum(newly.n_newly_due_on_time) filter (where not months.is_after), 0) as bigint)
            as n_on_time_before,
        cast(coalesce(sum(newly.n_newly_due) filter (where months.is_after), 0) as bigint) as n_due_after,
        cast(coalesce(sum(newly.n_newly_due_on_time) filter (where months.is_after), 0) as bigint)
            as n_on_time_after
    from months
    inner join {{ ref('int_newly_due') }} as newly on months.period = newly.period
    where newly.code_level = 'practice'
    group by newly.org_id, months.school_year, months.provided_period, newly.code
)

select
    sums.org_id,
    sums.school_year,
    sums.provided_period,
    sums.practice_code,
    sums.n_due_before,
    sums.n_on_time_before,
    sums.n_due_after,
    sums.n_on_time_after,
    bands.band as rate_band
from sums
inner join {{ ref('int_support_settings') }} as setting on sums.school_year = setting.school_year
left join {{ ref('implementation_bands') }} as bands
    on
        sums.n_due_before >= setting.min_due
        and {{ rate('sums.n_on_time_before', 'sums.n_due_before') }} >= bands.from_rate
        and (
            bands.below_rate is null
            or {{ rate('sums.n_on_time_before', 'sums.n_due_before') }} < bands.below_rate
        )
