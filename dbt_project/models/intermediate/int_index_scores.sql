-- The indicators of a computed index, each as a score of 0 to 100 points. Achievement is held against at
-- least 95 per cent of the students enrolled, tested or not (ESEA §1111(c)(4)(E)(ii)).
with weights as (
    select
        years.school_year,
        years.result_year,
        years.min_n,
        weight.entry_code as indicator,
        {{ to_units('weight.number_value') }} as weight_units,
        pairing.entry_value as participation_indicator,
        lower_better.entry_code is not null as is_lower_better
    from {{ ref('int_identification_years') }} as years
    inner join {{ ref('int_policy_entries') }} as weight
        on years.school_year = weight.school_year and weight.parameter = 'index_weights'
    left join {{ ref('int_policy_entries') }} as pairing
        on
            years.school_year = pairing.school_year and weight.entry_code = pairing.entry_code
            and pairing.parameter = 'index_participation'
    left join {{ ref('int_policy_entries') }} as lower_better
        on
            years.school_year = lower_better.school_year and weight.entry_code = lower_better.entry_code
            and lower_better.parameter = 'index_lower_is_better'
    where years.index_source = 'computed' and not years.is_result_unused
),

results as (
    select
        school_year,
        indicator,
        org_id,
        subgroup,
        {{ to_units('numerator') }} as numerator_units,
        {{ to_units('denominator') }} as denominator_units,
        {{ to_units('rate') }} as rate_units
    from {{ ref('stg_feed__indicator_results') }}
    where
        org_scope = 'school'
        and (
            indicator in (select weights.indicator from weights)
            or indicator in (select weights.participation_indicator from weights)
        )
),

counted as (
    select
        weights.school_year,
        weights.result_year,
        weights.min_n,
        result.org_id,
        result.subgroup,
        weights.indicator,
        weights.weight_units,
        weights.is_lower_better,
        -- a hundred million times the students counted: a rate without its numerator gives it
        case
            when result.numerator_units is not null then 100000000 * result.numerator_units
            else 100 * result.rate_units * result.denominator_units
        end as counted_students,
        tested.denominator_units as enrolled_units,
        coalesce(tested.numerator_units, result.denominator_units) as tested_units,
        law.value as participation_percent
    from weights
    inner join results as result
        on weights.result_year = result.school_year and weights.indicator = result.indicator
    left join results as tested
        on
            weights.result_year = tested.school_year
            and weights.participation_indicator = tested.indicator
            and result.org_id = tested.org_id
            and result.subgroup = tested.subgroup
    inner join {{ ref('law_1111') }} as law on law.rule_id = 'participation_percent'
),

held_against as (
    select
        *,
        coalesce(enrolled_units, tested_units) as student_units,
        case
            when enrolled_units is not null
                then greatest(participation_percent * enrolled_units, 100 * tested_units)
            else 100 * tested_units
        end as against_hundredfold
    from counted
),

scored as (
    select
        *,
        least(
            1000000,
            {{ share_floor('2 * counted_students + against_hundredfold', '1', '2 * against_hundredfold') }}
        ) as rate_units
    from held_against
    where counted_students is not null and against_hundredfold > 0
)

select
    school_year,
    result_year,
    org_id,
    subgroup,
    indicator,
    weight_units,
    cast(floor(student_units / 10000) as bigint) as n_students,
    case when is_lower_better then 1000000 - rate_units else rate_units end as score_units,
    student_units >= 10000 * min_n as is_counted
from scored
