-- What each rule says of each school that it speaks of: whether it is met, by which figure against which
-- line, on how many students, and why the school is not judged where it is not.
with schools as (
    select * from {{ ref('int_identification_schools') }}
),

found as (
    select
        *,
        -- of several groups at the lowest index the one with the fewest students
        row_number() over (
            partition by school_year, org_id
            order by index_units asc nulls last, n_students asc nulls last, subgroup asc
        ) as place
    from {{ ref('int_subgroup_findings') }}
),

groups as (
    select
        found.school_year,
        found.org_id,
        bool_or(found.is_at_cut) as is_at_cut,
        bool_or(found.is_consistently_under) as is_consistently_under,
        min(found.index_units) as lowest_units,
        min(found.cut_units) as cut_units,
        max(case when found.place = 1 and found.index_units is not null then found.n_students end)
            as n_students_of_lowest,
        {{ joined_codes('case when found.is_at_cut then found.subgroup end') }} as groups_at_cut,
        {{ joined_codes('case when found.is_consistently_under then found.subgroup end') }} as groups_under
    from found
    group by found.school_year, found.org_id
)

select
    schools.school_year,
    schools.org_id,
    'CSI' as category,
    'low_performance' as reason,
    coalesce(
        rated.index_units <= cut.cut_units and schools.is_title1 and schools.not_judged_as is null, false
    ) as is_met,
    case
        when schools.not_judged_as is not null then schools.not_judged_as
        when not coalesce(schools.is_title1, false) then 'not_title1'
        when rated.index_units is null then 'no_results'
    end as not_judged_as,
    rated.index_units as figure_units,
    cut.cut_units as line_units,
    rated.n_students,
    cast(null as bigint) as n_years_used,
    cast(null as bigint) as other_figure_units,
    cast(null as boolean) as other_meets,
    cast(null as string) as subgroups
from schools
left join {{ ref('int_index_values') }} as rated
    on
        schools.org_id = rated.org_id and schools.school_year = rated.school_year
        and rated.subgroup = 'ALL'
left join {{ ref('int_csi_cuts') }} as cut
    on schools.school_year = cut.school_year and schools.rank_span = cut.rank_span
union all
select
    schools.school_year,
    schools.org_id,
    'CSI' as category,
    'low_graduation' as reason,
    rates.is_met and schools.not_judged_as is null as is_met,
    coalesce(schools.not_judged_as, rates.not_judged_as) as not_judged_as,
    rates.rate_units as figure_units,
    case years.graduation_form
        when 'percent_line' then years.graduation_line_units
        else {{ percent_units('2', '3') }}
    end as line_units,
    rates.n_students,
    rates.n_years_used,
    rates.other_rate_units as other_figure_units,
    rates.other_meets,
    cast(null as string) as subgroups
from schools
inner join {{ ref('int_identification_years') }} as years on schools.school_year = years.school_year
inner join {{ ref('int_graduation_rates') }} as rates
    on schools.org_id = rates.org_id and schools.school_year = rates.school_year
union all
select
    schools.school_year,
    schools.org_id,
    'ATSI' as category,
    'low_subgroup' as reason,
    groups.is_at_cut and (years.atsi_from = 'all_schools' or groups.is_consistently_under) as is_met,
    cast(null as string) as not_judged_as,
    groups.lowest_units as figure_units,
    groups.cut_units as line_units,
    groups.n_students_of_lowest as n_students,
    cast(null as bigint) as n_years_used,
    cast(null as bigint) as other_figure_units,
    cast(null as boolean) as other_meets,
    groups.groups_at_cut as subgroups
from schools
inner join {{ ref('int_identification_years') }} as years on schools.school_year = years.school_year
inner join groups on schools.org_id = groups.org_id and schools.school_year = groups.school_year
union all
select
    schools.school_year,
    schools.org_id,
    'TSI' as category,
    'underperforming_subgroup' as reason,
    groups.is_consistently_under as is_met,
    cast(null as string) as not_judged_as,
    groups.lowest_units as figure_units,
    case years.tsi_form
        when 'below_cut_n_years' then groups.cut_units
        when 'gap_to_all' then all_students.index_units - years.tsi_level_units
        when 'below_target' then years.tsi_level_units
    end as line_units,
    groups.n_students_of_lowest as n_students,
    cast(null as bigint) as n_years_used,
    cast(null as bigint) as other_figure_units,
    cast(null as boolean) as other_meets,
    groups.groups_under as subgroups
from schools
inner join {{ ref('int_identification_years') }} as years on schools.school_year = years.school_year
inner join groups on schools.org_id = groups.org_id and schools.school_year = groups.school_year
left join {{ ref('int_index_values') }} as all_students
    on
        schools.org_id = all_students.org_id and schools.school_year = all_students.school_year
        and all_students.subgroup = 'ALL'
