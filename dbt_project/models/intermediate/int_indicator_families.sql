-- Each text of an indicator with its family: of the seed's words that it holds, those of the lowest rank.
with indicators as (
    select distinct
        indicator,
        ' ' || translate(lower(indicator), '.,;:()/%-"''', '           ') || ' ' as padded_text
    from {{ ref('int_measure_years') }}
    where indicator is not null
)

select
    indicators.indicator,
    coalesce(min_by(worded.family, worded.family_rank), 'other') as indicator_family
from indicators
left join {{ ref('indicator_families') }} as worded on indicators.padded_text like worded.like_pattern
group by indicators.indicator
