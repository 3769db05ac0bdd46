-- FS193: Title I part A dollars of each LEA in the school year that they are for. The reservation for
-- parental involvement is in no feed, so that its row is there and left out.
with amounts as (
    select
        title1.school_year,
        title1.fiscal_year,
        title1.version,
        title1.lea_id,
        coalesce(lea.org_name, title1.lea_name) as org_name,
        lea.state_lea_id,
        lea.nces_lea_id,
        title1.amount,
        case
            when lea.org_id is null then 'not_in_directory'
            when lea.op_status <> 'open' then 'not_open'
            else lea.left_out_as
        end as lea_left_out_as
    from {{ ref('int_title1_amounts') }} as title1
    inner join {{ ref('int_federal_years') }} as years on title1.school_year = years.school_year
    left join {{ ref('rpt_fs029') }} as lea
        on
            title1.school_year = lea.school_year
            and title1.lea_id = lea.org_id
            and lea.org_level = 'lea'
    where title1.is_standing
),

items as (
    select
        *,
        'allocation' as item,
        amount as item_amount,
        lea_left_out_as as left_out_as
    from amounts
    union all
    select
        *,
        'parental_involvement' as item,
        cast(null as decimal(18, 2)) as item_amount,
        coalesce(lea_left_out_as, 'no_source') as left_out_as
    from amounts
)

select
    items.school_year,
    items.fiscal_year,
    items.version,
    items.lea_id,
    items.org_name,
    items.state_lea_id,
    items.nces_lea_id,
    items.item,
    of_table.code as table_code,
    total.code as total_indicator,
    items.item_amount as amount,
    cast(null as string) as explanation,
    items.left_out_as is null as is_reported,
    items.left_out_as
from items
{{ with_edfacts_code('of_table', 'items.school_year', '193', "'TableTypeAbbrv'", 'items.item') }}
{{ with_edfacts_code('total', 'items.school_year', '193', "'TotalIndicator'", "'total'") }}
