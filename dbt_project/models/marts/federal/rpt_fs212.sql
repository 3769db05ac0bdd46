-- FS212: why each school of FS206 is identified, a row for each reason of CSI and each student group
-- of TSI or ATSI.
with statuses as (
    select
        status.school_year,
        status.org_id,
        school.category,
        school.reason,
        school.subgroups,
        false as is_exit
    from {{ ref('rpt_fs206') }} as status
    inner join {{ ref('int_federal_schools') }} as school
        on status.school_year = school.school_year and status.org_id = school.org_id
    where school.category <> 'none'
    union all
    -- the reasons of a status that was left, where policy has them told
    select
        status.school_year,
        status.org_id,
        step.category,
        step.from_reason as reason,
        step.from_subgroups as subgroups,
        true as is_exit
    from {{ ref('rpt_fs206') }} as status
    inner join {{ ref('int_federal_years') }} as years on status.school_year = years.school_year
    inner join {{ ref('fct_designation_event') }} as step
        on
            status.org_id = step.org_id
            and status.school_year = step.school_year
            and status.exited_category = step.category
    where step.ends_stay and years.fs212_include_exit = 'included'
),

subgroups as (
    select
        school_year,
        org_id,
        category,
        is_exit,
        {{ split_codes('subgroups') }} as subgroup
    from statuses
    where category <> 'CSI' and subgroups is not null
),

reasons as (
    select
        school_year,
        org_id,
        category,
        is_exit,
        coalesce(reason, 'none_stated') as basis
    from statuses
    where category = 'CSI'
    union all
    select distinct
        school_year,
        org_id,
        category,
        is_exit,
        trim(subgroup) as basis
    from subgroups
    where trim(subgroup) <> ''
    union all
    select
        school_year,
        org_id,
        category,
        is_exit,
        'none_stated' as basis
    from statuses
    where category <> 'CSI' and coalesce(trim(subgroups), '') = ''
),

coded as (
    select
        reasons.school_year,
        reasons.org_id,
        reasons.category,
        reasons.is_exit,
        reasons.basis,
        of_table.code as table_code,
        of_csi.code as csi_type_code,
        of_group.code as subgroup_code,
        applies.code as applicability_code
    from reasons
    {{ with_edfacts_code(
        'of_table', 'reasons.school_year', '212', "'TableTypeAbbrv'",
        'reasons.category'
    ) }}
    {{ with_edfacts_code(
        'of_csi', 'reasons.school_year', '212', "'ComprhnsvSupportIdentificationTypeID'",
        "case when reasons.category = 'CSI' then reasons.basis end"
    ) }}
    left join {{ ref('int_policy_entries') }} as named_as
        on
            reasons.school_year = named_as.school_year
            and named_as.parameter = 'edfacts_subgroups'
            and reasons.basis = named_as.entry_code
            and reasons.category <> 'CSI'
    {{ with_edfacts_code(
        'of_group', 'named_as.school_year', '212', "'TargetIdentificationSubgrpsID'",
        'named_as.entry_value'
    ) }}
    {{ with_edfacts_code('applies', 'reasons.school_year', '212', "'Amount'", "'applies'") }}
),

told as (
    select
        coded.*,
        status.org_name,
        status.lea_id,
        status.state_lea_id,
        status.state_school_id,
        status.is_reported as is_school_reported,
        row_number() over (
            partition by
                coded.school_year, coded.org_id, coded.table_code,
                coalesce(coded.csi_type_code, coded.subgroup_code, coded.basis)
            order by coded.is_exit nulls last, coded.category nulls last, coded.basis nulls last
        ) as place
    from coded
    inner join {{ ref('rpt_fs206') }} as status
        on coded.school_year = status.school_year and coded.org_id = status.org_id
),

judged as (
    select
        *,
        case
            when not is_school_reported then 'school_left_out'
            when basis = 'none_stated' then 'no_subgroup'
            when
                table_code is null
                or applicability_code is null
                or coalesce(csi_type_code, subgroup_code) is null
                then 'no_code'
            when place > 1 then 'same_code'
        end as left_out_as
    from told
)

select
    school_year,
    org_id,
    org_name,
    lea_id,
    state_lea_id,
    state_school_id,
    category,
    basis,
    is_exit,
    table_code,
    csi_type_code,
    subgroup_code,
    applicability_code,
    cast(null as string) as explanation,
    left_out_as is null as is_reported,
    left_out_as
from judged
