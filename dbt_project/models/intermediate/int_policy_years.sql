-- A policy's values by school year, so that a model joins on the year and the name alone: from the first
-- year that any value names to two years after the night, for which money may be planned already.
with bounds as (
    select
        min({{ start_of_school_year('setting.from_year') }}) as first_start,
        cast(max(year(clock.today)) + 2 as integer) as last_start
    from {{ ref('stg_policy') }} as setting
    cross join {{ ref('int_today') }} as clock
),

numbers as (
    {{ numbers_to(80) }}
),

years as (
    select
        {{ school_year_from_start('cast(bounds.first_start + numbers.n as integer)') }} as school_year
    from bounds
    inner join numbers on bounds.first_start + numbers.n <= bounds.last_start
)

select
    years.school_year,
    setting.parameter,
    setting.value,
    try_cast(setting.value as double) as number_value,
    setting.from_year
from years
inner join {{ ref('stg_policy') }} as setting
    on
        years.school_year >= setting.from_year
        and (setting.until_year is null or years.school_year < setting.until_year)
