-- The list of each year and reason in counts: official, computed, and how far they agree; from what base and
-- cut the lowest performing come, and why a list is not worked out.
with counted as (
    select
        school_year,
        category,
        reason,
        count(*) filter (where is_official) as n_official,
        count(*) filter (where is_computed) as n_computed,
        count(*) filter (where agreement = 'agree') as n_agree,
        count(*) filter (where agreement = 'official_only') as n_official_only,
        count(*) filter (where agreement = 'computed_only') as n_computed_only,
        count(*) filter (where agreement = 'outranked') as n_outranked,
        count(*) filter (where agreement = 'no_list') as n_no_list,
        count(*) filter (where agreement = 'not_computed') as n_not_computed,
        count(*) filter (where is_more_rigorous_due) as n_more_rigorous_due
    from {{ ref('rpt_identification_check') }}
    group by school_year, category, reason
),

bases as (
    select
        school_year,
        cast(sum(n_title1) as bigint) as n_title1,
        cast(sum(n_rated) as bigint) as n_rated,
        cast(sum(n_wanted) as bigint) as n_wanted,
        count(*) as n_spans,
        max(cut_units) as cut_units
    from {{ ref('int_csi_cuts') }}
    group by school_year
)

select
    run.school_year,
    run.category,
    run.reason,
    run.result_year,
    run.is_identification_year,
    run.is_frozen,
    run.not_computed_as,
    case
        when run.not_computed_as is not null
            then replace(worded.words, '{result_year}', run.result_year)
    end as not_computed_because,
    coalesce(counted.n_official, 0) as n_official,
    coalesce(counted.n_computed, 0) as n_computed,
    coalesce(counted.n_agree, 0) as n_agree,
    coalesce(counted.n_official_only, 0) as n_official_only,
    coalesce(counted.n_computed_only, 0) as n_computed_only,
    coalesce(counted.n_outranked, 0) as n_outranked,
    coalesce(counted.n_no_list, 0) as n_no_list,
    coalesce(counted.n_not_computed, 0) as n_not_computed,
    coalesce(counted.n_more_rigorous_due, 0) as n_more_rigorous_due,
    case when run.reason = 'low_performance' then bases.n_title1 end as n_title1,
    case when run.reason = 'low_performance' then bases.n_rated end as n_rated,
    case when run.reason = 'low_performance' then bases.n_wanted end as n_wanted,
    case
        when run.reason = 'low_performance' and bases.n_spans = 1 then {{ from_units('bases.cut_units') }}
    end as cut
from {{ ref('int_identification_runs') }} as run
left join counted
    on
        run.school_year = counted.school_year
        and run.category = counted.category
        and run.reason = counted.reason
left join bases on run.school_year = bases.school_year
left join {{ ref('identification_words') }} as worded
    on run.not_computed_as = worded.code and worded.kind = 'difference'
