-- The codes of federal files by school year, so that a mart finds one by year, field and our own word alone.
with years as (
    select distinct school_year
    from {{ ref('int_policy_years') }}
)

select
    years.school_year,
    codes.file_number,
    codes.field_name,
    codes.source_value,
    codes.code,
    codes.is_confirmed
from years
inner join {{ ref('edfacts_codes') }} as codes
    on years.school_year >= codes.from_year and years.school_year < codes.until_year
where codes.source_value is not null
