-- Where the on-time rate of newly due actions lay below the rate of all that came due before, in each of
-- the last periods in which anything came due, as many as the policy names. The rate over all due
-- actions moves too little late in the year, and newly due actions of one month are too few to be set
-- against those of one other month (docs/analysts.md holds the figures of the simulation).
with informative as (
    select
        org_id,
        school_year,
        period,
        code_level,
        code,
        n_newly_due,
        {{ rate('n_newly_due_on_time', 'n_newly_due') }} as newly_due_on_time_rate,
        n_newly_due_on_time,
        cast(row_number() over so_far as bigint) as due_no,
        sum(n_newly_due) over so_far as n_due_so_far,
        sum(n_newly_due_on_time) over so_far as n_on_time_so_far
    from {{ ref('int_waning_rates') }}
    where n_newly_due > 0
    window so_far as (
        partition by org_id, school_year, code_level, code order by period
        rows between unbounded preceding and current row
    )
),

recent as (
    select
        latest.org_id,
        latest.school_year,
        latest.period,
        latest.code_level,
        latest.code,
        latest.due_no,
        setting.periods,
        setting.fall,
        setting.min_due,
        min(recently.period) as from_period,
        max(recently.newly_due_on_time_rate) as highest_rate,
        cast(sum(recently.n_newly_due) as bigint) as n_newly_due,
        cast(sum(recently.n_newly_due_on_time) as bigint) as n_newly_due_on_time
    from informative as latest
    inner join {{ ref('int_waning_settings') }} as setting on latest.school_year = setting.school_year
    inner join informative as recently
        on
            latest.org_id = recently.org_id
            and latest.school_year = recently.school_year
            and latest.code_level = recently.code_level
            and latest.code = recently.code
            and recently.due_no between latest.due_no - setting.periods + 1 and latest.due_no
    group by
        latest.org_id, latest.school_year, latest.period, latest.code_level, latest.code, latest.due_no,
        setting.periods, setting.fall, setting.min_due
)

select
    recent.org_id,
    recent.school_year,
    recent.period,
    recent.code_level,
    recent.code,
    recent.due_no,
    recent.from_period,
    recent.n_newly_due,
    recent.n_newly_due_on_time,
    {{ rate('recent.n_newly_due_on_time', 'recent.n_newly_due') }} as newly_due_on_time_rate,
    cast(earlier.n_due_so_far as bigint) as n_due_before,
    cast(earlier.n_on_time_so_far as bigint) as n_on_time_before,
    {{ rate('earlier.n_on_time_so_far', 'earlier.n_due_so_far') }} as on_time_rate_before
from recent
inner join informative as earlier
    on
        recent.org_id = earlier.org_id
        and recent.school_year = earlier.school_year
        and recent.code_level = earlier.code_level
        and recent.code = earlier.code
        and recent.due_no - recent.periods = earlier.due_no
where
    recent.n_newly_due >= recent.min_due
    and earlier.n_due_so_far >= recent.min_due
    -- rounded, so that a fall of exactly the policy's size is one
    and {{ rounded(rate('earlier.n_on_time_so_far', 'earlier.n_due_so_far') ~ ' - recent.highest_rate', 9) }}
    >= recent.fall
