-- An LEA owes a report for a reporting month when it or one of its schools holds a designation that
-- the policy names, or when it has reported in that school year before.
with years as (
    select distinct school_year
    from {{ ref('dim_period') }}
),

designated as (
    select distinct
        designation.lea_id,
        years.school_year
    from {{ ref('dim_designation') }} as designation
    -- a span that the newest list still holds goes on until a list says otherwise
    inner join years
        on
            designation.valid_from_year <= years.school_year
            and (designation.valid_to_year is null or designation.valid_to_year > years.school_year)
    inner join {{ ref('stg_policy') }} as setting
        on
            setting.parameter = 'expected_categories'
            and years.school_year >= setting.from_year
            and (setting.until_year is null or years.school_year < setting.until_year)
            and ',' || setting.value || ',' like '%,' || designation.category || ',%'
    where designation.lea_id is not null
),

first_reports as (
    select
        standing.lea_id,
        periods.school_year,
        min(standing.period) as first_period
    from {{ ref('int_standing_tables') }} as standing
    inner join {{ ref('dim_period') }} as periods on standing.period = periods.period
    group by standing.lea_id, periods.school_year
)

select
    periods.period,
    candidate.lea_id,
    bool_or(candidate.is_designated) as is_designated
from (
    select lea_id, school_year, '0000-00' as from_period, true as is_designated
    from designated
    union all
    select lea_id, school_year, first_period as from_period, false as is_designated
    from first_reports
) as candidate
inner join {{ ref('dim_period') }} as periods
    on
        candidate.school_year = periods.school_year
        and candidate.from_period < periods.period
where periods.is_reporting_month
group by periods.period, candidate.lea_id
