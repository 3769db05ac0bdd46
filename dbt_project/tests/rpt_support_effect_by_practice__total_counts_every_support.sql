{{ config(meta={'dagster': {'ref': {'name': 'rpt_support_effect_by_practice'}}}) }}
-- What: a school year whose total does not count every support of rpt_support_effect once.
-- Why: a support of two practices would count twice in the state's figure.
-- Fix: look at the part of rpt_support_effect_by_practice that makes code all.
with told as (
    select
        school_year,
        n_supports,
        n_compared
    from {{ ref('rpt_support_effect_by_practice') }}
    where code_level = 'all' and provider_kind = 'all'
),

counted as (
    select
        school_year,
        count(*) as n_supports,
        sum(case when n_differences > 0 then 1 else 0 end) as n_compared
    from (
        select
            org_id,
            school_year,
            support_no,
            count(difference) as n_differences
        from {{ ref('rpt_support_effect') }}
        group by org_id, school_year, support_no
    ) as supports
    group by school_year
)

select
    counted.school_year,
    counted.n_supports,
    told.n_supports as n_supports_told
from counted
left join told on counted.school_year = told.school_year
where
    told.n_supports is null
    or counted.n_supports <> told.n_supports
    or counted.n_compared <> told.n_compared
