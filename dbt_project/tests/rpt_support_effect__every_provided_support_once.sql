{{ config(meta={'dagster': {'ref': {'name': 'rpt_support_effect'}}}) }}
-- What: a provided support without one row for each of its practices.
-- Why: supports left out unseen would leave those that look well.
-- Fix: look at int_support_practices, and at the left joins of rpt_support_effect.
with wanted as (
    select
        coded.org_id,
        coded.school_year,
        coded.support_no,
        count(*) as n_practices
    from {{ ref('int_support_practices') }} as coded
    inner join {{ ref('fct_support') }} as stated
        on
            coded.org_id = stated.org_id
            and coded.school_year = stated.school_year
            and coded.support_no = stated.support_no
    where stated.provided_on is not null
    group by coded.org_id, coded.school_year, coded.support_no
),

told as (
    select
        org_id,
        school_year,
        support_no,
        count(*) as n_rows
    from {{ ref('rpt_support_effect') }}
    group by org_id, school_year, support_no
)

select
    wanted.org_id,
    wanted.school_year,
    wanted.support_no,
    wanted.n_practices,
    told.n_rows
from wanted
left join told
    on
        wanted.org_id = told.org_id
        and wanted.school_year = told.school_year
        and wanted.support_no = told.support_no
where told.n_rows is null or told.n_rows <> wanted.n_practices
