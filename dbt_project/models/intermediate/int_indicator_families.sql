-- Each text of an indicator with its family: of the seed's words that it holds, those of the lowest rank.
with indicators as (
    select distinct
        indicator,
        ' ' || translate(lower(indicator), '.,;:()/%-"''', '           ') || ' ' as words
    from {{ ref('int_measure_years') }}
    where indicator is not null
)

select
    indicators.indicator,
    coalesce(min_by(family.family, family.family_rank), 'other') as family
from indicators
left join {{ ref('indicator_families') }} as family on indicators.words like family.like_pattern
group by indicators.indicator
