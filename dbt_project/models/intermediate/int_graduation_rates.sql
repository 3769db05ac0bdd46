-- The graduation rate on which a high school is judged: over the years, put together and held against the
-- line as policy says, in whole numbers.
with fitting as (
    select
        windows.*,
        years.result_year,
        years.min_n,
        years.graduation_years,
        years.graduation_form,
        years.graduation_line_units,
        years.graduation_comparison,
        years.graduation_average,
        years.graduation_missing_year,
        case years.graduation_n_of
            when 'latest_year' then windows.latest_students_units
            when 'each_year' then windows.least_students_units
            else windows.pooled_students_units
        end as n_units,
        case
            -- more years than policy says only where a small school's years are pooled, until they are enough
            when windows.n_years > years.graduation_years and years.small_schools = 'pool_years'
                then windows.pooled_students_units >= 10000 * years.min_n
            else windows.n_years = years.graduation_years
        end as is_possible
    from {{ ref('int_graduation_windows') }} as windows
    inner join {{ ref('int_identification_years') }} as years on windows.school_year = years.school_year
),

ranked as (
    select
        *,
        row_number() over (
            partition by org_id, school_year
            order by
                case
                    when n_years = graduation_years and coalesce(n_units, 0) >= 10000 * min_n then 0
                    when n_years > graduation_years then 1
                    else 2
                end,
                n_years
        ) as place
    from fitting
    where is_possible
),

chosen as (
    select
        *,
        n_years > graduation_years as is_pooled_for_size,
        case
            when n_years > graduation_years then pooled_students_units else n_units
        end as students_units,
        n_years = graduation_years and graduation_average = 'mean_of_rates' as is_mean
    from ranked
    where place = 1
),

fractions as (
    select
        *,
        case when is_mean then mean_part else pooled_part end as part,
        case when is_mean then mean_whole else pooled_whole end as whole,
        case when is_mean then n_mean_years else n_pooled_years end as n_years_used,
        case when is_mean then pooled_part else mean_part end as other_part,
        case when is_mean then pooled_whole else mean_whole end as other_whole
    from chosen
),

judged as (
    select
        *,
        case
            when not has_latest_year then 'no_results'
            when coalesce(n_years_used, 0) = 0 or coalesce(whole, 0) = 0 then 'no_results'
            when coalesce(students_units, 0) < 10000 * min_n then 'too_few_students'
            when
                not is_pooled_for_size and graduation_missing_year = 'not_judged'
                and n_years_used < graduation_years then 'year_missing'
        end as not_judged_as
    from fractions
)

select
    org_id,
    school_year,
    result_year,
    indicator,
    n_years_used,
    is_pooled_for_size,
    cast(floor(students_units / 10000) as bigint) as n_students,
    {{ percent_units('part', 'whole') }} as rate_units,
    {{ percent_units('other_part', 'other_whole') }} as other_rate_units,
    case
        when graduation_form = 'one_third_fail' then 3 * (other_whole - other_part) >= other_whole
        when graduation_comparison = 'at_or_below'
            then 1000000 * other_part <= graduation_line_units * other_whole
        else 1000000 * other_part < graduation_line_units * other_whole
    end as other_meets,
    not_judged_as,
    case
        when not_judged_as is not null then false
        when graduation_form = 'one_third_fail' then 3 * (whole - part) >= whole
        when graduation_comparison = 'at_or_below' then 1000000 * part <= graduation_line_units * whole
        else 1000000 * part < graduation_line_units * whole
    end as is_met
from judged
