-- What plans themselves say to the figures of the principles, one row for each organization and figure.
with figures as (
    select figure_id, source_code
    from {{ ref('principle_figures') }}
),

practices as (
    select
        coded.org_id,
        coded.school_year,
        coded.strategy_code,
        practice.practice_code,
        practice.domain_code
    from (
        select
            org_id,
            school_year,
            strategy_code,
            {{ split_codes('practice_codes') }} as practice_code
        from {{ ref('int_plan__strategies') }}
    ) as coded
    inner join {{ ref('dim_practice') }} as practice on coded.practice_code = practice.practice_code
),

needs as (
    select distinct org_id, school_year, practice_code
    from {{ ref('int_plan__needs') }}
    where kind in ('weakness', 'threat') and practice_code is not null
),

with_needs as (
    select distinct org_id, school_year
    from needs
),

-- strategies with at least one practice
coded as (
    select
        practices.org_id,
        practices.school_year,
        practices.strategy_code,
        max(case when talent.source_code is not null then 1 else 0 end) as is_talent,
        max(case when needs.practice_code is not null then 1 else 0 end) as answers_need
    from practices
    left join figures as talent
        on talent.figure_id = 'talent_strategies' and practices.domain_code = talent.source_code
    left join needs
        on
            practices.org_id = needs.org_id
            and practices.school_year = needs.school_year
            and practices.practice_code = needs.practice_code
    group by practices.org_id, practices.school_year, practices.strategy_code
),

year_ends as (
    select
        school_year,
        max(period_end) as last_day
    from {{ ref('dim_period') }}
    group by school_year
),

strategies as (
    select
        strategy.org_id,
        strategy.school_year,
        case
            when cast(strategy.evidence_tier as integer) <= tier.threshold then 1 else 0
        end as is_evidence_based,
        case when strategy.end_on <= year_ends.last_day then 1 else 0 end as ends_with_year,
        case when strategy.end_on is not null then 1 else 0 end as has_end
    from {{ ref('int_plan__strategies') }} as strategy
    inner join year_ends on strategy.school_year = year_ends.school_year
    -- the tiers that count as evidence are told once, where plans are judged
    inner join {{ ref('plan_criteria') }} as tier on tier.criterion_id = 'evidence_1003_each'
),

funds_1003 as (
    {{ names_in_policy('section_1003_funds', 'fund') }}
),

budgets as (
    select
        stated.org_id,
        stated.school_year,
        stated.budget,
        case when coded.strategy_code is not null then stated.budget else 0 end as coded_budget,
        case when {{ plain_text('stated.fund_source') }} <> '' then stated.budget else 0 end as funded_budget,
        case when funds_1003.fund is not null then stated.budget else 0 end as budget_1003
    from {{ ref('int_plan__actions') }} as stated
    left join coded
        on
            stated.org_id = coded.org_id
            and stated.school_year = coded.school_year
            and {{ parent_code(parent_code('stated.action_code')) }} = coded.strategy_code
    left join funds_1003
        on
            stated.school_year = funds_1003.school_year
            and {{ plain_text('stated.fund_source') }} = funds_1003.fund
    where stated.budget is not null
),

counts as (
    select
        quality.org_id,
        quality.school_year,
        figures.figure_id,
        quality.n_items - quality.n_failing as numerator,
        quality.n_items as denominator
    from {{ ref('rpt_plan_quality') }} as quality
    -- criteria by their name; the score of all of them comes below
    inner join figures on quality.criterion_id = figures.source_code
    union all
    select
        org_id,
        school_year,
        'plan_quality' as figure_id,
        sum(case when outcome = 'met' then weight else 0 end) as numerator,
        sum(case when outcome <> 'not_applicable' then weight else 0 end) as denominator
    from {{ ref('rpt_plan_quality') }}
    group by org_id, school_year
    union all
    select
        coded.org_id,
        coded.school_year,
        'strategies_answer_need' as figure_id,
        sum(coded.answers_need) as numerator,
        count(*) as denominator
    from coded
    inner join with_needs
        on coded.org_id = with_needs.org_id and coded.school_year = with_needs.school_year
    group by coded.org_id, coded.school_year
    union all
    select
        org_id,
        school_year,
        'talent_strategies' as figure_id,
        sum(is_talent) as numerator,
        count(*) as denominator
    from coded
    group by org_id, school_year
    {% for figure, numerator, denominator in [
        ('evidence_based', 'is_evidence_based', '1'), ('funding_cliff', 'ends_with_year', 'has_end'),
    ] %}
        union all
        select
            org_id,
            school_year,
            '{{ figure }}' as figure_id,
            sum({{ numerator }}) as numerator,
            sum({{ denominator }}) as denominator
        from strategies
        group by org_id, school_year
    {% endfor %}
    {% for figure, numerator, denominator in [
        ('budget_on_coded', 'coded_budget', 'budget'), ('budget_on_1003', 'budget_1003', 'funded_budget'),
    ] %}
        union all
        select
            org_id,
            school_year,
            '{{ figure }}' as figure_id,
            sum({{ numerator }}) as numerator,
            sum({{ denominator }}) as denominator
        from budgets
        group by org_id, school_year
    {% endfor %}
)

select
    org_id,
    school_year,
    figure_id,
    cast(numerator as decimal(20, 2)) as numerator,
    cast(denominator as decimal(20, 2)) as denominator
from counts
where denominator > 0
