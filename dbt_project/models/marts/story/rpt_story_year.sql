-- The story of an organization's year in sentences. An LEA's goes on with its schools together. A sentence
-- stands only where there is something to tell: of what is not known or comes next, where there is any.
with years as (
    select
        org_id,
        school_year,
        max(as_of_period) as as_of_period
    from {{ ref('int_organization_spans') }}
    where span_kind = 'year'
    group by org_id, school_year
),

spoken_for as (
    select
        org_id,
        school_year,
        max_by(lea_id, period) as lea_id
    from {{ ref('int_organization_periods') }}
    group by org_id, school_year
),

told as (
    select
        years.*,
        spoken_for.lea_id
    from years
    inner join spoken_for on years.org_id = spoken_for.org_id and years.school_year = spoken_for.school_year
),

figures as (
    select
        org_id,
        school_year,
        sentence_id,
        item_key,
        numerator,
        denominator,
        figure,
        baseline,
        cast(null as double) as year_target,
        quoted,
        detail,
        cast(null as string) as unit
    from {{ ref('int_story__work') }}
    union all
    select
        org_id,
        school_year,
        sentence_id,
        item_key,
        numerator,
        denominator,
        figure,
        baseline,
        year_target,
        quoted,
        cast(null as string) as detail,
        unit
    from {{ ref('int_story__measures') }}
),

own as (
    select
        told.org_id,
        told.lea_id,
        told.school_year,
        told.as_of_period,
        'own' as scope,
        1 as n_organizations,
        figures.sentence_id,
        figures.item_key,
        figures.numerator,
        figures.denominator,
        figures.figure,
        figures.baseline,
        figures.year_target,
        figures.quoted,
        figures.detail,
        figures.unit
    from figures
    inner join told on figures.org_id = told.org_id and figures.school_year = told.school_year
),

schools as (
    select
        lea_id as org_id,
        lea_id,
        school_year,
        max(as_of_period) as as_of_period,
        'schools' as scope,
        count(*) as n_organizations,
        sentence_id,
        'year' as item_key,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        cast(null as double) as figure,
        cast(null as double) as baseline,
        cast(null as double) as year_target,
        cast(null as string) as quoted,
        cast(null as string) as detail,
        cast(null as string) as unit
    from own
    where org_id <> lea_id and denominator > 0 and item_key = 'year'
    group by lea_id, school_year, sentence_id
),

-- form: which of a sentence's forms is said, null where there is nothing to tell
formed as (
    select
        rows_of_both.*,
        texts.section,
        texts.sentence_no,
        texts.source_model,
        case texts.section
            when 'done' then 1
            when 'changed' then 2
            when 'next' then 3
            else 4
        end as section_no,
        case
            when rows_of_both.numerator is not null and coalesce(rows_of_both.denominator, 0) = 0 then null
            when rows_of_both.numerator = 0 and texts.section in ('next', 'not_known') then null
            when rows_of_both.scope = 'schools' then texts.schools_sentence
            when rows_of_both.numerator = 0 then coalesce(nullif(texts.sentence_none, ''), texts.sentence)
            when rows_of_both.numerator = 1 then coalesce(nullif(texts.sentence_one, ''), texts.sentence)
            else texts.sentence
        end as form
    from (
        select * from own
        union all
        select * from schools
    ) as rows_of_both
    inner join {{ ref('story_sentences') }} as texts on rows_of_both.sentence_id = texts.sentence_id
),

told_rows as (
    select
        *,
        coalesce(
            figure,
            {{ rate('numerator', 'denominator') }}
        ) as told_figure,
        case when unit = 'percent' then ' %' else '' end as unit_sign
    from formed
    where form <> '' and (numerator is not null or figure is not null)
)

select
    org_id,
    lea_id,
    school_year,
    as_of_period,
    cast(row_number() over (
        partition by org_id, school_year
        order by
            section_no, scope nulls last, sentence_no,
            case when sentence_id = 'question' then figure end nulls last,
            item_key nulls last
    ) as bigint) as seq,
    section,
    scope,
    sentence_id,
    item_key,
    {{ filled('form', [
        ['n', 'numerator'],
        ['of', 'denominator'],
        ['orgs', 'n_organizations'],
        ['percent', whole_percent('told_figure')],
        ['prior', whole_percent('baseline')],
        ['figure', plain_number('figure') ~ ' || unit_sign'],
        ['baseline', plain_number('baseline') ~ ' || unit_sign'],
        ['target', plain_number('year_target') ~ ' || unit_sign'],
        ['label', 'quoted'],
        ['detail', 'detail'],
    ]) }} as sentence,
    cast(n_organizations as bigint) as n_organizations,
    cast(numerator as bigint) as numerator,
    cast(denominator as bigint) as denominator,
    case when sentence_id <> 'question' then told_figure end as figure,
    baseline,
    year_target,
    source_model,
    case scope when 'own' then 'org_id=' else 'lea_id=' end || org_id || ', school_year=' || school_year
    || case when item_key <> 'year' then ', ' || item_key else '' end as source_key
from told_rows
