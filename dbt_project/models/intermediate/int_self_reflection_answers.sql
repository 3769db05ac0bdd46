-- Answers of LEAs about themselves, each with whether enough respondents of its LEA answered its element.
-- Everything that is published rests on shown answers alone, at every level: a practice, a region or the
-- state is then a sum of published elements, and no withheld one can be had by subtraction.
with answers as (
    select
        answer.lea_id,
        coalesce(lea.region, 'unknown') as region,
        answer.school_year,
        answer.respondent_no,
        answer.element_code,
        practice.practice_code,
        practice.domain_code,
        answer.level,
        count(*) over (
            partition by answer.lea_id, answer.school_year, answer.element_code
        ) as n_respondents_of_element
    from {{ ref('int_plan__self_reflection') }} as answer
    inner join {{ ref('self_reflection_elements') }} as element
        on answer.element_code = element.element_code
    inner join {{ ref('dim_practice') }} as practice on element.practice_code = practice.practice_code
    left join {{ ref('dim_organization') }} as lea on answer.lea_id = lea.org_id
    where answer.org_id = answer.lea_id
)

select
    answers.lea_id,
    answers.region,
    answers.school_year,
    answers.respondent_no,
    answers.element_code,
    answers.practice_code,
    answers.domain_code,
    answers.level,
    -- without a policy value nothing is shown
    coalesce(answers.n_respondents_of_element >= fewest.number_value, false) as is_shown
from answers
left join {{ ref('int_policy_years') }} as fewest
    on answers.school_year = fewest.school_year and fewest.parameter = 'min_respondents'
