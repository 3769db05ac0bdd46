{{ config(meta={'dagster': {'ref': {'name': 'rpt_story_year'}}}) }}
-- What: an organization and school year with a counted month and no story, or one whose silent months or
--   unknown actions the story does not tell.
-- Why: a story that leaves out what is not known reads as if all were known.
-- Fix: compare int_story__work with int_organization_periods and rpt_implementation_by_span for the year.
with years as (
    select
        org_id,
        school_year,
        count(*) filter (where not is_reported) as n_silent
    from {{ ref('int_organization_periods') }}
    group by org_id, school_year
),

told as (
    select
        org_id,
        school_year,
        count(*) as n_sentences,
        coalesce(sum(case when sentence_id = 'months_not_reported' then numerator end), 0) as n_silent_told,
        coalesce(sum(case when sentence_id = 'actions_unknown' then numerator end), 0) as n_unknown_told
    from {{ ref('rpt_story_year') }}
    where scope = 'own'
    group by org_id, school_year
),

not_known as (
    select scope_id as org_id, school_year, n_not_reported
    from {{ ref('rpt_implementation_by_span') }}
    where scope_level = 'organization' and code_level = 'all' and span_kind = 'year'
)

select
    years.org_id,
    years.school_year,
    years.n_silent,
    told.n_silent_told,
    not_known.n_not_reported,
    told.n_unknown_told
from years
left join told on years.org_id = told.org_id and years.school_year = told.school_year
left join not_known on years.org_id = not_known.org_id and years.school_year = not_known.school_year
where
    told.n_sentences is null
    or years.n_silent <> told.n_silent_told
    or coalesce(not_known.n_not_reported, 0) <> told.n_unknown_told
