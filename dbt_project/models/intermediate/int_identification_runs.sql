-- Each year and reason of identification: whether it is worked out, and why not where it is not. In a frozen
-- year and between the years of a cycle a status stays as it is.
with years as (
    select setting.*
    from {{ ref('int_identification_years') }} as setting
    where
        setting.school_year in (
            select school.school_year from {{ ref('int_identification_schools') }} as school
        )
),

indexes as (
    select
        school_year,
        count(*) filter (where subgroup = 'ALL') as n_schools,
        count(*) filter (where subgroup <> 'ALL') as n_groups
    from {{ ref('int_index_values') }}
    group by school_year
),

graduation as (
    select
        school_year,
        count(*) filter (where not_judged_as is null) as n_schools
    from {{ ref('int_graduation_rates') }}
    group by school_year
),

cuts as (
    select distinct school_year
    from {{ ref('int_csi_cuts') }}
),

reasons as (
    select
        years.school_year,
        years.start_year,
        years.result_year,
        years.is_frozen,
        listed.category,
        listed.reason,
        listed.rank,
        case
            when listed.category = 'CSI' and listed.reason <> 'atsi_not_exiting' then years.is_csi_year
            when listed.category = 'TSI' then not years.is_frozen
            else years.is_atsi_year
        end as is_identification_year,
        case
            when listed.reason = 'underperforming_subgroup' and years.tsi_form = 'none' then 'no_rule'
            when listed.reason <> 'low_graduation' and years.index_source = 'none' then 'no_index'
            when years.is_result_unused then 'unused_results'
            when listed.reason = 'low_graduation' and coalesce(graduation.n_schools, 0) = 0 then 'no_results'
            when listed.reason = 'low_performance' and coalesce(indexes.n_schools, 0) = 0 then 'no_results'
            when
                listed.reason not in ('low_graduation', 'low_performance')
                and coalesce(indexes.n_groups, 0) = 0
                then 'no_results'
            when
                listed.reason in ('low_subgroup', 'atsi_not_exiting') and cuts.school_year is null
                then 'no_cut'
        end as cannot_be_as
    from years
    cross join {{ ref('designation_categories') }} as listed
    left join indexes on years.school_year = indexes.school_year
    left join graduation on years.school_year = graduation.school_year
    left join cuts on years.csi_year = cuts.school_year
)

select
    school_year,
    start_year,
    result_year,
    category,
    reason,
    rank,
    is_frozen,
    is_identification_year,
    case
        when is_frozen then 'frozen'
        when not is_identification_year then 'between_cycles'
        else cannot_be_as
    end as not_computed_as
from reasons
