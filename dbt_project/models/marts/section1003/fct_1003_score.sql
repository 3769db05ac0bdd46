-- The priority score of §1003(f), component by component, with its figures and the total of the LEA.
select
    unit.fiscal_year,
    years.school_year,
    unit.lea_id,
    organization.org_name as lea_name,
    unit.component,
    named.criterion,
    named.rank as component_order,
    named.component_title,
    named.citation,
    unit.numerator as raw_numerator,
    unit.denominator as raw_denominator,
    {{ rate('unit.numerator', 'unit.denominator') }} as raw_value,
    named.unit as raw_unit,
    unit.basis,
    unit.n_ranked,
    cast(unit.place_doubled as bigint) as place_numerator,
    cast(unit.place_of as bigint) as place_denominator,
    {{ rate('unit.place_doubled', 'unit.place_of') }} as place,
    cast(unit.weight_hundredths * cast('0.01' as decimal(3, 2)) as decimal(9, 4)) as weight,
    cast(
        cast({{ share_floor(
            '200 * unit.weight_kept * unit.weight_sum + unit.weight_kept_sum', '1', '2 * unit.weight_kept_sum'
        ) }} as decimal(18, 0)) * cast('0.0001' as decimal(4, 4)) as decimal(9, 4)
    ) as weight_used,
    cast(
        cast({{ share_floor('unit.point_units + 1 + 50000000', '1', '100000000') }} as decimal(18, 0))
        * cast('0.0001' as decimal(4, 4)) as decimal(9, 4)
    ) as points,
    unit.is_missing,
    case when unit.is_missing then unit.score_missing end as missing_is,
    case
        when unit.is_missing
            then
                {{ filled('named.said_missing', [['year', 'years.record_year']]) }} || case unit.score_missing
                    when 'reweight' then ' Its points are shared among the other components.'
                    else ' It counts as the middle of all LEAs.'
                end
        else
            {{ filled('named.said', [
                ['n', plain_number('unit.numerator')],
                ['of', plain_number('unit.denominator')],
                ['pct', plain_number(rounded('100 * ' ~ rate('unit.numerator', 'unit.denominator'), 1))],
                ['basis', 'unit.basis'],
                ['year', 'years.record_year'],
            ]) }}
            || ' Its place is '
            || {{ plain_number(rounded('100 * ' ~ rate('unit.place_doubled', 'unit.place_of'), 1)) }}
            || ' of 100 among ' || cast(unit.n_ranked as string) || ' LEAs.'
    end as sentence,
    score.points as lea_points,
    score.score_rank as lea_rank,
    score.n_identified,
    score.n_eligible
from {{ ref('int_1003_score_points') }} as unit
inner join {{ ref('score_components') }} as named on unit.component = named.component
inner join {{ ref('int_1003_years') }} as years on unit.fiscal_year = years.fiscal_year
inner join {{ ref('int_1003_lea_scores') }} as score
    on unit.fiscal_year = score.fiscal_year and unit.lea_id = score.lea_id
left join {{ ref('dim_organization') }} as organization on unit.lea_id = organization.org_id
