-- The state's choices and the law's numbers for §1003, one row a fiscal year.
with law as (
    select
        years.fiscal_year,
        max(case when ruling.rule_id = 'most_years' then ruling.value end) as most_years
    from {{ ref('int_1003_years') }} as years
    cross join {{ ref('law_1003') }} as ruling
    where
        years.fiscal_year >= ruling.from_fiscal_year
        and years.fiscal_year < coalesce(ruling.until_fiscal_year, years.fiscal_year + 1)
    group by years.fiscal_year
),

choices as (
    select
        years.fiscal_year,
        {% for name in [
            'eligible_categories', 'eligible_title1', 'eligible_charters', 'request_needed',
            'flexibility_assurance', 'score_weights',
        ] %}
            max(case when setting.parameter = '{{ name }}' then setting.value end) as {{ name }},
        {% endfor %}
        max(case when setting.parameter = 'score_missing' then setting.value end) as score_missing
    from {{ ref('int_1003_years') }} as years
    left join {{ ref('int_policy_years') }} as setting on years.school_year = setting.school_year
    group by years.fiscal_year
)

select
    choices.*,
    law.most_years
from choices
left join law on choices.fiscal_year = law.fiscal_year
