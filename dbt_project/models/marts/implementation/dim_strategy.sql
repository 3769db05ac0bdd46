-- A strategy as it was last stated in the school year. One that a later file of the same
-- organization no longer holds stays, marked is_in_latest_plan false.
with ranked as (
    select
        strategy.*,
        periods.school_year,
        row_number() over (
            partition by strategy.org_id, periods.school_year, strategy.strategy_code
            order by strategy.period desc
        ) as recency,
        max(strategy.period) over (partition by strategy.org_id, periods.school_year) as latest_period
    from {{ ref('int_standing__strategies') }} as strategy
    inner join {{ ref('dim_period') }} as periods on strategy.period = periods.period
)

select
    org_id,
    lea_id,
    school_year,
    strategy_code,
    {{ parent_code('strategy_code') }} as priority_code,
    if_we,
    then_adults,
    and_students,
    goal_code,
    practice_codes,
    evidence_tier,
    fund_sources,
    start_on,
    end_on,
    period as stated_in_period,
    period = latest_period as is_in_latest_plan,
    submission_id,
    source_sheet,
    source_row
from ranked
where recency = 1
