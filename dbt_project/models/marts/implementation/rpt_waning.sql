-- Who is falling behind: one row for every period in which a rule has held for as many counted periods
-- in a row as the policy asks.
with worse as (
    select
        *,
        period_no - row_number() over of_code as streak
    from {{ ref('int_waning_rates') }}
    where is_worse_than_peers
    window of_code as (partition by org_id, school_year, code_level, code order by period)
),

worse_so_far as (
    select
        *,
        row_number() over of_streak as n_periods,
        min(period) over of_streak as since_period
    from worse
    window of_streak as (
        partition by org_id, school_year, code_level, code, streak order by period
        rows between unbounded preceding and current row
    )
),

falls as (
    select
        *,
        due_no - row_number() over of_code as streak
    from {{ ref('int_waning_falls') }}
    window of_code as (partition by org_id, school_year, code_level, code order by period)
),

falls_so_far as (
    select
        *,
        row_number() over of_streak as n_falls,
        min(from_period) over of_streak as since_period
    from falls
    window of_streak as (
        partition by org_id, school_year, code_level, code, streak order by period
        rows between unbounded preceding and current row
    )
),

found as (
    select
        'peers' as waning_rule,
        org_id,
        period,
        code_level,
        code,
        since_period,
        n_periods,
        cast(null as bigint) as n_recently_due,
        cast(null as bigint) as n_recently_due_on_time,
        cast(null as bigint) as n_due_before,
        cast(null as bigint) as n_on_time_before
    from worse_so_far
    union all
    select
        'falling' as waning_rule,
        falls_so_far.org_id,
        falls_so_far.period,
        falls_so_far.code_level,
        falls_so_far.code,
        falls_so_far.since_period,
        falls_so_far.n_falls + setting.periods - 1 as n_periods,
        falls_so_far.n_newly_due as n_recently_due,
        falls_so_far.n_newly_due_on_time as n_recently_due_on_time,
        falls_so_far.n_due_before,
        falls_so_far.n_on_time_before
    from falls_so_far
    inner join {{ ref('int_waning_settings') }} as setting
        on falls_so_far.school_year = setting.school_year
)

select
    found.org_id,
    rates.lea_id,
    rates.org_level,
    rates.school_year,
    found.period,
    found.code_level,
    found.code,
    found.waning_rule,
    found.since_period,
    found.n_periods,
    numbered.next_period is null as is_last_of_year,
    rates.n_known,
    rates.n_due,
    rates.n_behind,
    rates.behind_rate,
    rates.n_peers,
    rates.peers_behind_median,
    rates.peers_behind_mad,
    rates.peers_spread,
    found.n_recently_due,
    found.n_recently_due_on_time,
    {{ rate('found.n_recently_due_on_time', 'found.n_recently_due') }} as recently_due_on_time_rate,
    found.n_due_before,
    found.n_on_time_before,
    {{ rate('found.n_on_time_before', 'found.n_due_before') }} as on_time_rate_before,
    case found.waning_rule
        when 'peers'
            then
                cast(rates.n_behind as string) || ' of ' || cast(rates.n_known as string)
                || ' actions are behind (' || {{ whole_percent('rates.behind_rate') }}
                || ' %). For half of the ' || cast(rates.n_peers as string)
                || case rates.org_level when 'lea' then ' LEAs' else ' schools' end
                || ' compared it is at most ' || {{ whole_percent('rates.peers_behind_median') }}
                || ' %. So since ' || found.since_period || '.'
        else
            'Of the last ' || cast(found.n_recently_due as string) || ' actions that came due, '
            || cast(found.n_recently_due_on_time as string) || ' were done on time ('
            || {{ whole_percent(rate('found.n_recently_due_on_time', 'found.n_recently_due')) }}
            || ' %); of the ' || cast(found.n_due_before as string) || ' that came due before, '
            || cast(found.n_on_time_before as string) || ' ('
            || {{ whole_percent(rate('found.n_on_time_before', 'found.n_due_before')) }}
            || ' %). Falling since ' || found.since_period || '.'
    end as in_words
from found
inner join {{ ref('int_waning_rates') }} as rates
    on
        found.org_id = rates.org_id
        and found.period = rates.period
        and found.code_level = rates.code_level
        and found.code = rates.code
inner join {{ ref('int_waning_settings') }} as setting on rates.school_year = setting.school_year
inner join {{ ref('int_organization_sequence') }} as numbered
    on found.org_id = numbered.org_id and found.period = numbered.period
where found.n_periods >= setting.periods
