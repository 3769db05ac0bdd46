-- The summative index of each school and student group: the state's own, or of the indicators' scores by
-- weight; what an indicator without a score weighs falls to the others, or leaves the school without one.
with computed as (
    select
        school_year,
        org_id,
        subgroup,
        cast(sum(weight_units * score_units) as bigint) as weighted_units,
        cast(sum(weight_units) as bigint) as weight_units,
        count(*) as n_indicators,
        min(n_students) as n_students
    from {{ ref('int_index_scores') }}
    where is_counted
    group by school_year, org_id, subgroup
),

wanted as (
    select
        school_year,
        count(*) as n_indicators
    from {{ ref('int_policy_entries') }}
    where parameter = 'index_weights'
    group by school_year
),

sized as (
    select
        computed.*,
        years.result_year,
        wanted.n_indicators as n_indicators_wanted,
        -- ten-thousandths in a step of the decimals that the state rounds to
        cast(power(10, 4 - years.index_decimals) as bigint) as step
    from computed
    inner join {{ ref('int_identification_years') }} as years on computed.school_year = years.school_year
    inner join wanted on computed.school_year = wanted.school_year
    where years.index_missing = 'reweight' or computed.n_indicators = wanted.n_indicators
),

supplied as (
    select
        years.school_year,
        years.result_year,
        result.org_id,
        result.subgroup,
        {{ to_units('result.index_value') }} as index_units,
        result.n_students
    from {{ ref('int_identification_years') }} as years
    inner join {{ ref('stg_feed__summative_results') }} as result on years.result_year = result.school_year
    where
        years.index_source = 'supplied'
        and not years.is_result_unused
        and result.index_value is not null
        and coalesce(result.n_students, years.min_n) >= years.min_n
)

select
    school_year,
    result_year,
    org_id,
    subgroup,
    step * {{ share_floor('2 * weighted_units + step * weight_units', '1', '2 * step * weight_units') }}
        as index_units,
    n_students,
    n_indicators,
    n_indicators_wanted
from sized
union all
select
    school_year,
    result_year,
    org_id,
    subgroup,
    index_units,
    n_students,
    cast(null as bigint) as n_indicators,
    cast(null as bigint) as n_indicators_wanted
from supplied
