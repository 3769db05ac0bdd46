{{ config(meta={'dagster': {'ref': {'name': 'rpt_self_reflection'}}}) }}
-- What: a figure on fewer respondents than the policy allows.
-- Why: who answered could be told from it.
-- Fix: look at is_shown in int_self_reflection_answers, and at the policy's min_respondents of the year.
select
    reflection.scope_level,
    reflection.scope_id,
    reflection.code,
    reflection.school_year,
    reflection.n_respondents
from {{ ref('rpt_self_reflection') }} as reflection
left join {{ ref('int_policy_years') }} as fewest
    on reflection.school_year = fewest.school_year and fewest.parameter = 'min_respondents'
where
    reflection.n_respondents is not null
    and (fewest.number_value is null or reflection.n_respondents < fewest.number_value)
