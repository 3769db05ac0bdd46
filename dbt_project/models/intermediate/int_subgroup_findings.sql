-- Student groups that would be identified on their own: at or below the cut of the lowest performing of the
-- same cycle (ATSI), and consistently underperforming by the policy's form (TSI).
with cuts as (
    select
        years.school_year,
        cut.rank_span,
        cut.cut_units
    from {{ ref('int_identification_years') }} as years
    inner join {{ ref('int_csi_cuts') }} as cut on years.csi_year = cut.school_year
),

groups as (
    select
        value_of_group.school_year,
        value_of_group.org_id,
        value_of_group.subgroup,
        value_of_group.index_units,
        value_of_group.n_students,
        all_students.index_units as all_units,
        cuts.cut_units,
        years.start_year,
        years.is_frozen,
        years.tsi_form,
        years.tsi_level_units,
        case years.tsi_form
            when 'below_cut_n_years' then coalesce(value_of_group.index_units <= cuts.cut_units, false)
            when 'gap_to_all'
                then coalesce(
                    all_students.index_units - value_of_group.index_units >= years.tsi_level_units, false
                )
            when 'below_target' then value_of_group.index_units < years.tsi_level_units
            else false
        end as is_under
    from {{ ref('int_index_values') }} as value_of_group
    inner join {{ ref('int_identification_schools') }} as school
        on value_of_group.org_id = school.org_id and value_of_group.school_year = school.school_year
    inner join {{ ref('int_identification_years') }} as years
        on value_of_group.school_year = years.school_year
    left join {{ ref('int_index_values') }} as all_students
        on
            value_of_group.org_id = all_students.org_id
            and value_of_group.school_year = all_students.school_year
            and all_students.subgroup = 'ALL'
    left join cuts on school.school_year = cuts.school_year and school.rank_span = cuts.rank_span
    where value_of_group.subgroup <> 'ALL' and school.not_judged_as is null
),

-- years with results follow each other: a year without any is passed over, as if it were not
sequence as (
    select
        school_year,
        row_number() over (order by school_year) as year_no
    from (select distinct school_year from {{ ref('int_index_values') }}) as with_results
),

runs as (
    select
        groups.school_year,
        groups.org_id,
        groups.subgroup,
        sequence.year_no - row_number() over (
            partition by groups.org_id, groups.subgroup order by sequence.year_no
        ) as run
    from groups
    inner join sequence on groups.school_year = sequence.school_year
    where groups.is_under
),

lengths as (
    select
        school_year,
        org_id,
        subgroup,
        row_number() over (partition by org_id, subgroup, run order by school_year) as years_under
    from runs
)

select
    groups.school_year,
    groups.org_id,
    groups.subgroup,
    groups.index_units,
    groups.all_units,
    groups.cut_units,
    groups.n_students,
    cast(coalesce(lengths.years_under, 0) as bigint) as years_under,
    coalesce(groups.index_units <= groups.cut_units, false) as is_at_cut,
    coalesce(lengths.years_under >= years.tsi_years, false) and not groups.is_frozen as is_consistently_under
from groups
inner join {{ ref('int_identification_years') }} as years on groups.school_year = years.school_year
left join lengths
    on
        groups.school_year = lengths.school_year
        and groups.org_id = lengths.org_id
        and groups.subgroup = lengths.subgroup
