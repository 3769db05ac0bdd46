-- Which rules, parts and places of the year's method a school or LEA fits: those all of whose conditions
-- hold. A fact that is not known fits no condition, except one that excludes texts.
with subjects as (
    select
        fiscal_year,
        org_id,
        'school' as org_level
    from {{ ref('int_1003_schools') }}
    union all
    select distinct
        fiscal_year,
        lea_id as org_id,
        'lea' as org_level
    from {{ ref('int_1003_schools') }}
),

entries as (
    select
        ruling.fiscal_year,
        entry.method,
        entry.used_for,
        entry.line_no,
        case when entry.unit = 'lea' then 'lea' else 'school' end as org_level
    from {{ ref('int_1003_methods') }} as ruling
    inner join {{ ref('stg_allocation__lines') }} as entry on ruling.method = entry.method
),

asked as (
    select
        subjects.fiscal_year,
        subjects.org_id,
        entries.used_for,
        entries.line_no,
        condition.condition_no,
        condition.fact,
        ',' || condition.codes || ',' as codes,
        ',' || condition.not_codes || ',' as not_codes,
        condition.from_number,
        condition.above_number,
        condition.until_number,
        condition.at_most_number
    from subjects
    inner join entries
        on subjects.fiscal_year = entries.fiscal_year and subjects.org_level = entries.org_level
    left join {{ ref('stg_allocation__conditions') }} as condition
        on
            entries.method = condition.method
            and entries.used_for = condition.used_for
            and entries.line_no = condition.line_no
),

answered as (
    select
        asked.fiscal_year,
        asked.org_id,
        asked.used_for,
        asked.line_no,
        coalesce(
            case
                when asked.condition_no is null then true
                when asked.codes is not null
                    then position(',' || known.text_value || ',' in asked.codes) > 0
                when asked.not_codes is not null
                    then
                        known.text_value is null
                        or position(',' || known.text_value || ',' in asked.not_codes) = 0
                else
                    known.number_value is not null
                    and (asked.from_number is null or known.number_value >= asked.from_number)
                    and (asked.above_number is null or known.number_value > asked.above_number)
                    and (asked.until_number is null or known.number_value < asked.until_number)
                    and (asked.at_most_number is null or known.number_value <= asked.at_most_number)
            end,
            false
        ) as is_met
    from asked
    left join {{ ref('int_1003_facts') }} as known
        on
            asked.fiscal_year = known.fiscal_year
            and asked.org_id = known.org_id
            and asked.fact = known.fact
)

select
    fiscal_year,
    org_id,
    used_for,
    line_no
from answered
group by fiscal_year, org_id, used_for, line_no
having bool_and(is_met)
