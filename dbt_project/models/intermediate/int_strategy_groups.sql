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
        statement.evidence_tier,
        coalesce(nullif(trim(statement.fund_sources), ''), 'not_stated') as fund_sources
    from strategies
    left join {{ ref('dim_strategy') }} as statement
        on
            strategies.org_id = statement.org_id
            and strategies.school_year = statement.school_year
            and strategies.strategy_code = statement.strategy_code
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
