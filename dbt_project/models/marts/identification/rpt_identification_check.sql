-- Official beside computed: every school and reason that is on the list of a year or would be by the
-- state's rules, and in words why the two differ.
with official as (
    select
        listing.org_id,
        listing.school_year,
        listing.category,
        listing.reason,
        listing.official_status,
        listing.subgroups,
        listed.rank
    from {{ ref('int_designation_years') }} as listing
    inner join {{ ref('designation_categories') }} as listed
        on listing.category = listed.category and listing.reason = listed.reason
),

list_years as (
    select
        school_year,
        {{ school_year_from_start('(' ~ start_of_school_year('school_year') ~ ' + 1)') }} as next_year
    from {{ ref('int_designation_years') }}
    group by school_year
),

keys as (
    select
        org_id,
        school_year,
        category,
        reason
    from official
    union
    select
        org_id,
        school_year,
        category,
        reason
    from {{ ref('int_identification_computed') }}
    where is_computed
),

beside as (
    select
        keys.org_id,
        keys.school_year,
        keys.category,
        keys.reason,
        run.result_year,
        run.rank,
        run.not_computed_as,
        school.lea_id,
        school.org_name,
        school.is_title1,
        school.is_alternative,
        stated.org_id is not null as is_official,
        list_years.school_year is not null as is_list_known,
        spoken_of.org_id is not null as is_spoken_of,
        listing.official_status,
        listing.rank as official_rank,
        stated.subgroups as official_subgroups,
        computed.outcome as computed_outcome,
        coalesce(computed.years_before, 0) as years_before,
        case
            when computed.org_id is not null then computed.is_computed
            when run.not_computed_as is null then false
            when run.not_computed_as in ('frozen', 'between_cycles') and earlier_lists.next_year is not null
                then false
        end as is_computed,
        found.not_judged_as,
        found.figure_units,
        found.line_units,
        found.n_students,
        found.n_years_used,
        found.other_figure_units,
        found.other_meets,
        found.subgroups,
        years.min_n,
        years.published_min_n,
        years.more_rigorous_after
    from keys
    inner join {{ ref('int_identification_runs') }} as run
        on keys.school_year = run.school_year and keys.category = run.category and keys.reason = run.reason
    inner join {{ ref('int_identification_years') }} as years on keys.school_year = years.school_year
    left join {{ ref('int_identification_schools') }} as school
        on keys.org_id = school.org_id and keys.school_year = school.school_year
    left join official as listing
        on keys.org_id = listing.org_id and keys.school_year = listing.school_year
    left join official as stated
        on
            keys.org_id = stated.org_id and keys.school_year = stated.school_year
            and keys.category = stated.category and keys.reason = stated.reason
    left join {{ ref('int_designation_years') }} as spoken_of
        on keys.org_id = spoken_of.org_id and keys.school_year = spoken_of.school_year
    left join list_years on keys.school_year = list_years.school_year
    left join list_years as earlier_lists on keys.school_year = earlier_lists.next_year
    left join {{ ref('int_identification_computed') }} as computed
        on
            keys.org_id = computed.org_id and keys.school_year = computed.school_year
            and keys.category = computed.category and keys.reason = computed.reason
    left join {{ ref('int_identification_findings') }} as found
        on
            keys.org_id = found.org_id
            and keys.school_year = found.school_year
            and case keys.reason when 'atsi_not_exiting' then 'low_subgroup' else keys.reason end
            = found.reason
),

compared as (
    select
        *,
        -- a figure on few students, or on nobody knows how many, stays unsaid
        coalesce(n_students >= published_min_n, false) as may_be_told,
        case
            when is_computed is null then 'not_computed'
            when is_official and is_computed then 'agree'
            when is_official then 'official_only'
            when not is_list_known then 'no_list'
            when official_rank < rank then 'outranked'
            else 'computed_only'
        end as agreement
    from beside
),

explained as (
    select
        *,
        case
            when agreement in ('agree', 'no_list') then null
            when agreement = 'outranked' then 'other_category'
            when agreement = 'not_computed' and not_computed_as in ('frozen', 'between_cycles')
                then 'no_list_before'
            when not_computed_as is not null then not_computed_as
            when agreement = 'official_only' and computed_outcome in ('escalates', 'exits')
                then computed_outcome
            when agreement = 'official_only' and (not_judged_as = 'no_results' or line_units is null)
                then 'no_results_of_school'
            when agreement = 'official_only' and not_judged_as is not null then not_judged_as
            when agreement = 'computed_only' and not is_spoken_of then 'not_on_list'
            when reason = 'low_graduation' and is_alternative then 'alternative_school'
            when reason = 'low_graduation' and may_be_told and other_meets <> is_computed then 'other_average'
            when agreement = 'computed_only' and official_rank > rank then 'lesser_category'
            else 'figure'
        end as difference_code,
        case
            when agreement = 'not_computed' or not_computed_as is not null then null
            when figure_units is null then 'none'
            when not may_be_told then 'too_few'
            else reason
        end as figure_code
    from compared
)

select
    explained.school_year,
    explained.result_year,
    explained.org_id,
    explained.lea_id,
    explained.org_name,
    explained.category,
    explained.reason,
    explained.is_official,
    explained.is_computed,
    explained.agreement,
    explained.difference_code,
    {{ filled(
        "concat_ws('; ', concat_ws(': ', agreed.words, figured.words), "
        "'official: {official}', differing.words, nullif(ended.words, ''))",
        [
            ['category', 'explained.category'],
            ['figure', points_text(from_units('explained.figure_units'))],
            ['line', points_text(from_units('explained.line_units'))],
            ['other', points_text(from_units('explained.other_figure_units'))],
            ['years', 'lengths.words'],
            ['before', 'explained.years_before'],
            ['min_n', 'explained.min_n'],
            ['result_year', 'explained.result_year'],
            ['subgroups', "coalesce(explained.subgroups, 'none')"],
            ['official', "case when explained.is_list_known then coalesce(explained.official_status, 'none') "
                "else 'no list yet' end"]
        ]
    ) }} as explanation,
    explained.official_status,
    explained.computed_outcome,
    case when explained.may_be_told then {{ from_units('explained.figure_units') }} end as figure,
    -- the linter holds a word that is none for a keyword
    {{ from_units('explained.line_units') }} as line,
    case when explained.may_be_told then {{ from_units('explained.other_figure_units') }} end as other_figure,
    explained.n_years_used as n_result_years,
    case when explained.may_be_told then explained.n_students end as n_students,
    explained.subgroups,
    explained.official_subgroups,
    explained.is_title1,
    explained.is_alternative,
    explained.years_before,
    explained.category = 'CSI'
    -- its years were in ATSI
    and coalesce(explained.computed_outcome, '') <> 'escalated'
    and explained.years_before >= explained.more_rigorous_after
    and (explained.is_official or coalesce(explained.is_computed, false)) as is_more_rigorous_due
from explained
left join {{ ref('identification_words') }} as agreed
    on explained.agreement = agreed.code and agreed.kind = 'agreement'
left join {{ ref('identification_words') }} as figured
    on explained.figure_code = figured.code and figured.kind = 'figure'
left join {{ ref('identification_words') }} as differing
    on explained.difference_code = differing.code and differing.kind = 'difference'
left join {{ ref('identification_words') }} as ended
    on explained.computed_outcome = ended.code and ended.kind = 'outcome'
left join {{ ref('identification_words') }} as lengths
    on cast(explained.n_years_used as string) = lengths.code and lengths.kind = 'years'
