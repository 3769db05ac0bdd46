-- What each paid school gets this fiscal year beside the three that follow, and which of its strategies run
-- on past the money. A later year counts as awarded where its awards are made, else as promised (feed
-- subgrants) or as the award's own term plans it.
with awards as (
    select
        fiscal_year,
        school_year,
        lea_id,
        org_id,
        last_fiscal_year,
        {{ to_cents('award') }} as award_cents,
        {{ to_cents('coalesce(full_year_award, 0)') }} as full_year_cents
    from {{ ref('fct_1003_award_school') }}
),

awarded_years as (
    select fiscal_year
    from {{ ref('fct_1003_award_year') }}
),

promises as (
    select
        fiscal_year,
        org_id,
        sum(paid_cents) as paid_cents
    from {{ ref('int_1003_promised') }}
    group by fiscal_year, org_id
),

-- the years that come: 1 to 3 after each
years as (
    {{ numbers_to(3) }}
),

later as (
    select
        awards.fiscal_year,
        awards.org_id,
        cast(years.n as integer) as n,
        case
            when made.fiscal_year is not null then 'awarded'
            when awards.full_year_cents = 0 or awards.fiscal_year + years.n > awards.last_fiscal_year
                then case when promised.paid_cents > 0 then 'promised' else 'nothing' end
            when promised.paid_cents > 0 then 'promised and planned'
            else 'planned'
        end as known_by,
        case
            when made.fiscal_year is not null then coalesce(next_award.award_cents, 0)
            else
                coalesce(promised.paid_cents, 0)
                + case
                    when awards.fiscal_year + years.n <= awards.last_fiscal_year then awards.full_year_cents
                    else 0
                end
        end as cents
    from awards
    cross join years
    left join awarded_years as made on awards.fiscal_year + years.n = made.fiscal_year
    left join awards as next_award
        on awards.org_id = next_award.org_id and awards.fiscal_year + years.n = next_award.fiscal_year
    left join promises as promised
        on awards.org_id = promised.org_id and awards.fiscal_year + years.n = promised.fiscal_year
    where awards.award_cents > 0 and years.n > 0
),

comes as (
    select
        fiscal_year,
        org_id,
        max(case when n = 1 then known_by end) as known_by,
        sum(case when n = 1 then cents end) as next_cents,
        sum(case when n = 2 then cents end) as second_cents,
        sum(case when n = 3 then cents end) as third_cents,
        max(case when cents > 0 then fiscal_year + n end) as last_paid_year
    from later
    group by fiscal_year, org_id
),

-- the last plan that the school stated, up to the school year of the money
plans as (
    select
        awards.fiscal_year,
        awards.org_id,
        max(plan.school_year) as plan_year
    from awards
    inner join {{ ref('int_1003_strategies') }} as plan
        on awards.org_id = plan.org_id and awards.school_year >= plan.school_year
    where awards.award_cents > 0
    group by awards.fiscal_year, awards.org_id
),

ends as (
    select
        comes.*,
        plans.plan_year,
        coalesce(comes.last_paid_year, comes.fiscal_year) as money_year,
        cast(
            make_date(
                cast(coalesce(comes.last_paid_year, comes.fiscal_year) + 1 as integer),
                cast(of_state.school_year_first_month as integer),
                1
            ) - 1 as date
        ) as money_until
    from comes
    cross join {{ ref('stg_calendar') }} as of_state
    left join plans on comes.fiscal_year = plans.fiscal_year and comes.org_id = plans.org_id
),

strategies as (
    select
        ends.fiscal_year,
        ends.org_id,
        count(*) as n_strategies,
        count(*) filter (where strategy.end_on > ends.money_until) as n_running_on,
        {{ joined_codes("case when strategy.end_on > ends.money_until then strategy.strategy_code end") }}
            as running_on,
        max(case when strategy.end_on > ends.money_until then strategy.end_on end) as last_end_on
    from ends
    inner join {{ ref('int_1003_strategies') }} as strategy
        on ends.org_id = strategy.org_id and ends.plan_year = strategy.school_year
    group by ends.fiscal_year, ends.org_id
)

select
    awards.fiscal_year,
    awards.school_year,
    awards.lea_id,
    awards.org_id,
    {{ from_cents('awards.award_cents') }} as award,
    ends.known_by as next_year_is,
    {{ from_cents('ends.next_cents') }} as next_year,
    {{ from_cents('ends.second_cents') }} as second_year,
    {{ from_cents('ends.third_cents') }} as third_year,
    {{ from_cents('greatest(awards.award_cents - ends.next_cents, 0)') }} as falls_by,
    {{ rate('greatest(awards.award_cents - ends.next_cents, 0)', 'awards.award_cents') }} as fall_rate,
    ends.money_until,
    ends.plan_year,
    cast(coalesce(strategies.n_strategies, 0) as bigint) as n_strategies,
    cast(coalesce(strategies.n_running_on, 0) as bigint) as n_running_on,
    strategies.running_on,
    strategies.last_end_on
from awards
inner join ends on awards.fiscal_year = ends.fiscal_year and awards.org_id = ends.org_id
left join strategies on awards.fiscal_year = strategies.fiscal_year and awards.org_id = strategies.org_id
where awards.award_cents > 0
