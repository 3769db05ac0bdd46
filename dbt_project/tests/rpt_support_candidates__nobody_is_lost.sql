{{ config(meta={'dagster': {'ref': {'name': 'rpt_support_candidates'}}}) }}
-- What: an organization that wants help without its row, or a row without one that wants it.
-- Why: help would pass by whoever is lost between the reasons and the list.
-- Fix: look at int_support_wants and at the joins of rpt_support_candidates that could drop or double a row.
with organizations as (
    select
        for_id,
        school_year,
        code_level,
        code,
        n_reasons
    from {{ ref('rpt_support_candidates') }}
    where for_level = 'organization'
)

select
    coalesce(wants.org_id, candidates.for_id) as org_id,
    coalesce(wants.school_year, candidates.school_year) as school_year,
    coalesce(wants.code, candidates.code) as code,
    wants.n_reasons,
    candidates.n_reasons as n_reasons_told
from {{ ref('int_support_wants') }} as wants
full outer join organizations as candidates
    on
        wants.org_id = candidates.for_id
        and wants.school_year = candidates.school_year
        and wants.code_level = candidates.code_level
        and wants.code = candidates.code
where wants.n_reasons is null or candidates.n_reasons is null or wants.n_reasons <> candidates.n_reasons
