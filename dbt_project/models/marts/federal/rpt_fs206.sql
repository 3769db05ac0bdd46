-- FS206: one row for each school of a year with its three statuses in the codes of that year.
-- Identified and exited as the list of the year says; an exit that the year has no code for is not
-- identified.
with words as (
    select
        *,
        case
            when category = 'CSI' then 'identified'
            when exited_category = 'CSI' then 'exited'
            when is_named then 'not_identified'
            else unlisted_schools
        end as csi_word,
        case
            when category = 'TSI' then 'identified'
            when exited_category = 'TSI' then 'exited'
            when is_named then 'not_identified'
            else unlisted_schools
        end as tsi_word,
        case
            when category = 'ATSI' then 'identified'
            when exited_category = 'ATSI' then 'exited'
            when is_named then 'not_identified'
            else unlisted_schools
        end as atsi_word
    from {{ ref('int_federal_schools') }}
),

codes as (
    select
        school_year,
        field_name,
        source_value,
        code
    from {{ ref('int_edfacts_codes') }}
    where file_number = '206'
    union all
    -- an exit in a year without a code for it
    select
        negative.school_year,
        negative.field_name,
        'exited' as source_value,
        negative.code
    from {{ ref('int_edfacts_codes') }} as negative
    left join {{ ref('int_edfacts_codes') }} as exits
        on
            negative.school_year = exits.school_year
            and negative.file_number = exits.file_number
            and negative.field_name = exits.field_name
            and exits.source_value = 'exited'
    where
        negative.file_number = '206'
        and negative.source_value = 'not_identified'
        and exits.code is null
),

coded as (
    select
        words.*,
        csi.code as csi_code,
        tsi.code as tsi_code,
        atsi.code as atsi_code
    from words
    left join codes as csi
        on
            words.school_year = csi.school_year
            and csi.field_name = 'CompSupImprvmntID'
            and words.csi_word = csi.source_value
    left join codes as tsi
        on
            words.school_year = tsi.school_year
            and tsi.field_name = 'TrgtSupImprvmntID'
            and words.tsi_word = tsi.source_value
    left join codes as atsi
        on
            words.school_year = atsi.school_year
            and atsi.field_name = 'AddlTrgtSupImprvmntID'
            and words.atsi_word = atsi.source_value
),

judged as (
    select
        *,
        coalesce(
            left_out_as,
            case
                when not has_list then 'no_list'
                when not is_named and unlisted_schools = 'left_out' then 'not_on_list'
                when csi_code is null or tsi_code is null or atsi_code is null then 'no_code'
            end
        ) as not_in_file_as
    from coded
)

select
    school_year,
    org_id,
    org_name,
    lea_id,
    lea_name,
    state_lea_id,
    state_school_id,
    nces_lea_id,
    nces_school_id,
    is_named,
    list_year,
    category,
    reason,
    exited_category,
    is_title1,
    csi_code,
    tsi_code,
    atsi_code,
    cast(null as string) as explanation,
    not_in_file_as is null as is_reported,
    not_in_file_as as left_out_as
from judged
