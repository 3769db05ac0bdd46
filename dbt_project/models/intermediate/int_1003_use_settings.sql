-- The state's choices for what comes after the award, and how long the law lets the money be used, one row
-- a fiscal year with awards.
with spans as (
    select
        pool.fiscal_year,
        max(case when law.rule_id = 'available_from_month' then law.value end) as from_month,
        max(case when law.rule_id = 'available_months' then law.value end) as n_months
    from {{ ref('int_1003_pools') }} as pool
    cross join {{ ref('law_1003') }} as law
    where
        pool.fiscal_year >= law.from_fiscal_year
        and pool.fiscal_year < coalesce(law.until_fiscal_year, pool.fiscal_year + 1)
    group by pool.fiscal_year
),

choices as (
    select
        pool.fiscal_year,
        pool.school_year,
        {% for name, column in [
            ('payment_rule', 'value'),
            ('payment_months', 'value'),
            ('excess_method', 'value'),
            ('excess_criterion', 'value'),
            ('first_apportionment_percent', 'number_value'),
            ('expiry_warning_days', 'number_value'),
            ('use_after_months', 'number_value'),
        ] %}
            max(case when setting.parameter = '{{ name }}' then setting.{{ column }} end) as {{ name }},
        {% endfor %}
        count(setting.parameter) as n_settings
    from {{ ref('int_1003_pools') }} as pool
    left join {{ ref('int_policy_years') }} as setting on pool.school_year = setting.school_year
    group by pool.fiscal_year, pool.school_year
),

dated as (
    select
        choices.*,
        spans.n_months,
        make_date(cast(choices.fiscal_year as integer), cast(spans.from_month as integer), 1)
            as available_from
    from choices
    inner join spans on choices.fiscal_year = spans.fiscal_year
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
