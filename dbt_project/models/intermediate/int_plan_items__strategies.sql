-- Step three of the cycle, the strategies: theory of action, codes, length, measures, evidence.
with thresholds as (
    select criterion_id, threshold
    from {{ ref('plan_criteria') }}
),

empty_words as (
    select pattern as word
    from {{ ref('plan_text_rules') }}
    where rule = 'placeholder'
),

parts as (
    {% for column in ['if_we', 'then_adults', 'and_students'] %}
        select
            org_id,
            school_year,
            strategy_code,
            {{ plain_text(column) }} as said
        from {{ ref('int_plan__strategies') }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

told as (
    select
        parts.org_id,
        parts.school_year,
        parts.strategy_code,
        count(*) filter (where parts.said <> '' and word.word is null) as n_parts
    from parts
    left join empty_words as word on parts.said = word.word
    group by parts.org_id, parts.school_year, parts.strategy_code
),

measured as (
    select distinct org_id, school_year, parent_code
    from {{ ref('int_plan__measures') }}
),

-- funds that are section 1003, and the strategies that they pay, by the strategy's row or an action's
funds_1003 as (
    {{ names_in_policy('section_1003_funds', 'fund') }}
),

funds as (
    select
        org_id,
        school_year,
        strategy_code,
        {{ plain_text('fund') }} as fund
    from (
        select
            org_id,
            school_year,
            strategy_code,
            {{ split_codes('fund_sources') }} as fund
        from {{ ref('int_plan__strategies') }}
    ) as of_strategies
    union all
    select
        org_id,
        school_year,
        {{ parent_code(parent_code('action_code')) }} as strategy_code,
        {{ plain_text('fund_source') }} as fund
    from {{ ref('int_plan__actions') }}
    where fund_source is not null
),

paid_1003 as (
    select distinct funds.org_id, funds.school_year, funds.strategy_code
    from funds
    inner join funds_1003
        on funds.school_year = funds_1003.school_year and funds.fund = funds_1003.fund
),

strategies as (
    select
        strategy.*,
        told.n_parts,
        goal.goal_code is not null as serves_a_goal,
        measured.parent_code is not null as is_measured,
        paid_1003.strategy_code is not null as is_paid_1003
    from {{ ref('int_plan__strategies') }} as strategy
    inner join told
        on
            strategy.org_id = told.org_id
            and strategy.school_year = told.school_year
            and strategy.strategy_code = told.strategy_code
    left join {{ ref('int_plan__goals') }} as goal
        on
            strategy.org_id = goal.org_id
            and strategy.school_year = goal.school_year
            and strategy.goal_code = goal.goal_code
    left join measured
        on
            strategy.org_id = measured.org_id
            and strategy.school_year = measured.school_year
            and strategy.strategy_code = measured.parent_code
    left join paid_1003
        on
            strategy.org_id = paid_1003.org_id
            and strategy.school_year = paid_1003.school_year
            and strategy.strategy_code = paid_1003.strategy_code
),

-- strategies that only their actions name: their own rows were put aside, so nobody knows their practice
unnamed as (
    select
        stated.org_id,
        stated.school_year,
        {{ parent_code(parent_code('stated.action_code')) }} as strategy_code,
        max(stated.submission_id) as submission_id,
        max(stated.source_sheet) as source_sheet,
        min(stated.source_row) as source_row
    from {{ ref('int_plan__actions') }} as stated
    left join strategies
        on
            stated.org_id = strategies.org_id
            and stated.school_year = strategies.school_year
            and {{ parent_code(parent_code('stated.action_code')) }} = strategies.strategy_code
    where strategies.strategy_code is null
    group by stated.org_id, stated.school_year, {{ parent_code(parent_code('stated.action_code')) }}
)

select
    org_id,
    school_year,
    'strategies_coded' as criterion_id,
    strategy_code as item_code,
    false as is_met,
    submission_id,
    source_sheet,
    source_row
from unnamed
union all
select
    plan.org_id,
    plan.school_year,
    thresholds.criterion_id,
    'plan' as item_code,
    count(strategies.strategy_code) >= thresholds.threshold as is_met,
    plan.submission_id,
    plan.source_sheet,
    plan.source_row
from {{ ref('int_plan_years') }} as plan
inner join thresholds on thresholds.criterion_id = 'strategies_stated'
left join strategies on plan.org_id = strategies.org_id and plan.school_year = strategies.school_year
group by
    plan.org_id,
    plan.school_year,
    thresholds.criterion_id,
    thresholds.threshold,
    plan.submission_id,
    plan.source_sheet,
    plan.source_row
{% set criteria = [
    ('strategies_if_then_and', 'strategies.n_parts = 3', 'true'),
    ('strategies_coded', "coalesce(strategies.practice_codes, '') <> ''", 'true'),
    (
        'strategies_two_years',
        'coalesce(strategies.end_on >= ' ~ add_months('strategies.start_on', '12 * thresholds.threshold') ~ ' - 1, false)',
        'true',
    ),
    ('strategies_goal', 'strategies.serves_a_goal', 'true'),
    ('strategies_measured', 'strategies.is_measured', 'true'),
    (
        'evidence_1003_one',
        'coalesce(cast(strategies.evidence_tier as integer) <= thresholds.threshold, false)',
        'strategies.is_paid_1003',
    ),
    (
        'evidence_1003_each',
        'coalesce(cast(strategies.evidence_tier as integer) <= thresholds.threshold, false)',
        'strategies.is_paid_1003',
    ),
] %}
{% for criterion, met, looked_at in criteria %}
    union all
    select
        strategies.org_id,
        strategies.school_year,
        thresholds.criterion_id,
        strategies.strategy_code as item_code,
        {{ met }} as is_met,
        strategies.submission_id,
        strategies.source_sheet,
        strategies.source_row
    from strategies
    inner join thresholds on thresholds.criterion_id = '{{ criterion }}'
    where {{ looked_at }}
{% endfor %}
