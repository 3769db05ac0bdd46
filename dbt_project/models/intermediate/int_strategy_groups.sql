-- What a strategy counts under by what it states: its evidence tier, and each of its funds once. What
-- it does not state counts as not_stated, so that the tiers add up to the total.
with strategies as (
    select distinct org_id, school_year, strategy_code
    from {{ ref('int_strategy_periods') }}
),

stated as (
    select
        strategies.org_id,
        strategies.school_year,
        strategies.strategy_code,
        planned.evidence_tier,
        coalesce(nullif(trim(planned.fund_sources), ''), 'not_stated') as fund_sources
    from strategies
    left join {{ ref('dim_strategy') }} as planned
        on
            strategies.org_id = planned.org_id
            and strategies.school_year = planned.school_year
            and strategies.strategy_code = planned.strategy_code
),

funds as (
    select
        org_id,
        school_year,
        strategy_code,
        {{ split_codes('fund_sources') }} as fund_source
    from stated
)

select
    org_id,
    school_year,
    strategy_code,
    'evidence_tier' as group_kind,
    coalesce(evidence_tier, 'not_stated') as group_value
from stated
union all
select distinct
    org_id,
    school_year,
    strategy_code,
    'fund_source' as group_kind,
    trim(fund_source) as group_value
from funds
where trim(fund_source) <> ''
