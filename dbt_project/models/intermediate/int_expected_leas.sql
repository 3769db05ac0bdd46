-- An LEA owes a report for a reporting month when it or one of its schools holds a designation that
-- the policy names, or when it has reported in that school year before.
with designated as (
    select distinct
        organization.lea_id,
        designation.school_year
    from {{ ref('int_designation_years') }} as designation
    inner join {{ ref('dim_organization') }} as organization
        on designation.org_id = organization.org_id
    inner join {{ ref('stg_policy') }} as setting
        on
            setting.parameter = 'expected_categories'
            and designation.school_year >= setting.from_year
            and (setting.until_year is null or designation.school_year < setting.until_year)
            and ',' || setting.value || ',' like '%,' || designation.category || ',%'
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
        and candidate.from_period <= periods.period
where periods.is_reporting_month
group by periods.period, candidate.lea_id
