{{ config(meta={'dagster': {'ref': {'name': 'fct_measure_year'}}}) }}
-- What: a result on fewer students than the policy's min_n, read anew from the submissions, of which a figure
--   stands in fct_measure_year.
-- Why: a figure on a handful of students tells of children that their neighbours know.
-- Fix: look at is_suppressed in fct_measure_year and at the policy's min_n of the school year.
select
    figure.org_id,
    figure.school_year,
    figure.parent_code,
    figure.measure_no,
    figure.part,
    min_n.number_value as min_n
from {{ ref('fct_measure_year') }} as figure
inner join {{ ref('stg_submission__measure_results') }} as result
    on
        figure.result_submission_id = result.submission_id
        and figure.org_id = result.org_id
        and figure.school_year = result.school_year
        and figure.parent_code = result.parent_code
        and figure.measure_no = result.measure_no
left join {{ ref('int_policy_years') }} as min_n
    on figure.school_year = min_n.school_year and min_n.parameter = 'min_n'
where
    (min_n.number_value is null or result.n_students < min_n.number_value)
    and result.n_students is not null
    and (
        figure.actual is not null
        or figure.growth is not null
        or figure.progress is not null
        or figure.is_met is not null
        or figure.n_students is not null
    )
