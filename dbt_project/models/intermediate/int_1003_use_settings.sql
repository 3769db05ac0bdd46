-- The state's choices for what comes after the award, and how long the law lets the money be used, one row a
-- fiscal year with awards.
with law as (
    select
        pool.fiscal_year,
        max(case when rule.rule_id = 'available_from_month' then rule.value end) as from_month,
        max(case when rule.rule_id = 'available_months' then rule.value end) as n_months
    from {{ ref('int_1003_pools') }} as pool
    cross join {{ ref('law_1003') }} as rule
    where
        pool.fiscal_year >= rule.from_fiscal_year
        and pool.fiscal_year < coalesce(rule.until_fiscal_year, pool.fiscal_year + 1)
    group by pool.fiscal_year
),

choices as (
    select
        pool.fiscal_year,
        pool.school_year,
        {% for name in ['payment_rule', 'payment_months', 'excess_method', 'excess_criterion'] %}
            max(case when setting.parameter = '{{ name }}' then setting.value end) as {{ name }},
        {% endfor %}
        {% for name in ['first_apportionment_percent', 'expiry_warning_days', 'use_after_months'] %}
            max(case when setting.parameter = '{{ name }}' then setting.number_value end) as {{ name }}
            {{- ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_1003_pools') }} as pool
    left join {{ ref('int_policy_years') }} as setting on pool.school_year = setting.school_year
    group by pool.fiscal_year, pool.school_year
),

dated as (
    select
        choices.*,
        law.n_months,
        make_date(cast(choices.fiscal_year as integer), cast(law.from_month as integer), 1) as available_from
    from choices
    inner join law on choices.fiscal_year = law.fiscal_year
)

select
    fiscal_year,
    school_year,
    available_from,
    cast({{ add_months('available_from', 'n_months') }} - 1 as date) as available_until,
    -- the last day before carry-over: a year after the first
    cast({{ add_months('available_from', '12') }} - 1 as date) as first_year_until,
    payment_rule,
    payment_months,
    excess_method,
    excess_criterion,
    -- a share in millionths: a whole number
    cast(round(first_apportionment_percent * 10000) as bigint) as first_millionths,
    cast(expiry_warning_days as bigint) as expiry_warning_days,
    cast(use_after_months as bigint) as use_after_months
from dated
