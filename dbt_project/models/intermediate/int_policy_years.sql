-- A policy's values by school year, so that a model joins on the year and the name alone.
with years as (
    select distinct school_year
    from {{ ref('dim_period') }}
)

select
    years.school_year,
    setting.parameter,
    setting.value,
    try_cast(setting.value as double) as number_value
from years
inner join {{ ref('stg_policy') }} as setting
    on
        years.school_year >= setting.from_year
        and (setting.until_year is null or years.school_year < setting.until_year)
