-- What is known of the graduation of a school in the year of results and the two before: what a later file
-- says of the year before it goes before what that year's own file said.
with rows_of_schools as (
    select
        school_year,
        {{ start_of_school_year('school_year') }} as start_year,
        indicator,
        org_id,
        numerator,
        denominator,
        rate,
        prior_numerator,
        prior_denominator,
        prior_rate,
        method
    from {{ ref('stg_feed__indicator_results') }}
    where org_scope = 'school' and subgroup = 'ALL'
),

schools as (
    select
        school.org_id,
        school.school_year,
        years.start_year - years.result_lag as result_start,
        case
            when school.is_alternative and years.alternative_schools = 'own_method'
                then years.graduation_alternative_indicator
            else years.graduation_indicator
        end as indicator
    from {{ ref('int_identification_schools') }} as school
    inner join {{ ref('int_identification_years') }} as years on school.school_year = years.school_year
),

pooled_methods as (
    select
        school_year,
        entry_code
    from {{ ref('int_policy_entries') }}
    where parameter = 'graduation_pooled_methods'
),

said as (
    select
        schools.org_id,
        schools.school_year,
        schools.indicator,
        schools.result_start - told.start_year as years_back,
        2 as preference,
        told.numerator,
        told.denominator,
        told.rate
    from schools
    inner join rows_of_schools as told
        on schools.org_id = told.org_id and schools.indicator = told.indicator
    union all
    select
        schools.org_id,
        schools.school_year,
        schools.indicator,
        schools.result_start - told.start_year + 1 as years_back,
        1 as preference,
        told.prior_numerator as numerator,
        told.prior_denominator as denominator,
        told.prior_rate as rate
    from schools
    inner join rows_of_schools as told
        on schools.org_id = told.org_id and schools.indicator = told.indicator
    left join pooled_methods
        on schools.school_year = pooled_methods.school_year and told.method = pooled_methods.entry_code
    where
        told.start_year <= schools.result_start
        and pooled_methods.entry_code is null
        and told.prior_denominator is not null
),

ranked as (
    select
        said.*,
        row_number() over (
            partition by said.org_id, said.school_year, said.years_back order by said.preference
        ) as place
    from said
    -- a file may say how many students there were and neither how many graduated nor the rate
    where
        said.years_back between 0 and 2
        and ((said.numerator is not null and said.denominator > 0) or said.rate is not null)
),

unused as (
    select
        school_year,
        entry_code as unused_year
    from {{ ref('int_policy_entries') }}
    where parameter = 'unused_result_years'
)

select
    ranked.org_id,
    ranked.school_year,
    ranked.indicator,
    ranked.years_back,
    {{ to_units('ranked.numerator') }} as numerator_units,
    {{ to_units('ranked.denominator') }} as denominator_units,
    case
        when ranked.rate is not null then {{ to_units('ranked.rate') }}
        else {{ percent_units(to_units('ranked.numerator'), to_units('ranked.denominator')) }}
    end as rate_units
from ranked
inner join {{ ref('int_identification_years') }} as years on ranked.school_year = years.school_year
left join unused
    on
        ranked.school_year = unused.school_year
        and {{ school_year_from_start('(years.start_year - years.result_lag - ranked.years_back)') }}
        = unused.unused_year
where ranked.place = 1 and unused.unused_year is null
