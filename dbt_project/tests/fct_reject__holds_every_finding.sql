{{ config(meta={'dagster': {'ref': {'name': 'fct_reject'}}}) }}
-- What: a file whose findings in the lake are more or fewer than in fct_reject.
-- Why: a problem that an LEA was told of must not vanish from the state's view, nor be counted twice.
-- Fix: look for its submission in stg_intake__submissions, and for a rule twice in the seed intake_rules.
with found as (
    select submission_id, count(*) as n_findings
    from {{ ref('stg_intake__findings') }}
    group by submission_id
),

told as (
    select submission_id, count(*) as n_findings
    from {{ ref('fct_reject') }}
    group by submission_id
)

select
    coalesce(found.submission_id, told.submission_id) as submission_id,
    found.n_findings as n_found,
    told.n_findings as n_told
from found
full outer join told on found.submission_id = told.submission_id
where found.n_findings is distinct from told.n_findings
