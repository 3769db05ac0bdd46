-- A support as it was last stated in the school year. One that a later file of the same organization no
-- longer holds stays, marked is_in_latest_file false. Its practice is the one it names, else those of the
-- strategy that it helps.
with ranked as (
    select
        stated.*,
        periods.school_year,
        periods.period_end,
        row_number() over (
            partition by stated.org_id, periods.school_year, stated.support_no
            order by stated.period desc
        ) as recency,
        max(stated.period) over (partition by stated.org_id, periods.school_year) as latest_period
    from {{ ref('int_standing__supports') }} as stated
    inner join {{ ref('dim_period') }} as periods on stated.period = periods.period
)

select
    ranked.org_id,
    ranked.lea_id,
    ranked.school_year,
    ranked.support_no,
    ranked.strategy_code,
    coalesce(ranked.practice_code, strategy.practice_codes) as practice_codes,
    case
        when ranked.practice_code is not null then 'support'
        when strategy.practice_codes is not null then 'strategy'
    end as practice_from,
    ranked.description,
    ranked.provider_kind,
    ranked.provider,
    ranked.needed_on,
    ranked.provided_on,
    case
        when ranked.provided_on < ranked.needed_on then 0
        else {{ days_between('ranked.needed_on', 'ranked.provided_on') }}
    end as days_waited,
    case
        when ranked.provided_on is null and ranked.period_end < ranked.needed_on then 0
        when ranked.provided_on is null then {{ days_between('ranked.needed_on', 'ranked.period_end') }}
    end as days_waiting,
    ranked.how_used,
    ranked.effectiveness,
    states.support_state,
    ranked.period as stated_in_period,
    ranked.period = ranked.latest_period as is_in_latest_file,
    ranked.submission_id,
    ranked.source_sheet,
    ranked.source_row
from ranked
left join {{ ref('support_states') }} as states
    on
        (ranked.provided_on is not null) = states.is_provided
        and (
            not states.is_provided
            or coalesce(ranked.effectiveness, '') = coalesce(states.effectiveness, '')
        )
left join {{ ref('dim_strategy') }} as strategy
    on
        ranked.org_id = strategy.org_id
        and ranked.school_year = strategy.school_year
        and ranked.strategy_code = strategy.strategy_code
where ranked.recency = 1
