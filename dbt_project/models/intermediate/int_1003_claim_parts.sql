-- What each part of the method comes to for a school or LEA that fits it, before anything else is looked
-- at: cents, or units of weight (a weight of one for one school or pupil is a million units).
with counted as (
    select
        fitting.fiscal_year,
        fitting.org_id,
        fitting.line_no as part_no,
        entry.label,
        entry.unit,
        entry.count_fact,
        coalesce(entry.is_requested, false) as is_requested,
        entry.weight is not null as is_weight,
        {{ to_cents('entry.amount') }} as rate_cents,
        cast(round(entry.weight * 10000) as bigint) as rate_weight,
        entry.amount,
        entry.weight,
        known.number_value as count_number,
        -- hundredths of what is counted; one school or LEA is one
        case
            when entry.unit = 'pupil' then coalesce(cast(round(known.number_value * 100) as bigint), 0)
            else 100
        end as count_hundredths,
        entry.unit <> 'pupil' or known.number_value is not null as is_count_known
    from {{ ref('int_1003_matches') }} as fitting
    inner join {{ ref('int_1003_methods') }} as ruling on fitting.fiscal_year = ruling.fiscal_year
    inner join {{ ref('stg_allocation__lines') }} as entry
        on
            ruling.method = entry.method
            and fitting.used_for = entry.used_for
            and fitting.line_no = entry.line_no
    left join {{ ref('int_1003_facts') }} as known
        on
            fitting.fiscal_year = known.fiscal_year
            and fitting.org_id = known.org_id
            and entry.count_fact = known.fact
    where fitting.used_for = 'part'
)

select
    counted.fiscal_year,
    counted.org_id,
    counted.part_no,
    counted.label,
    counted.unit,
    counted.count_fact,
    counted.is_requested,
    counted.is_weight,
    counted.is_count_known,
    counted.amount,
    counted.weight,
    counted.count_number,
    case
        when counted.is_requested then coalesce({{ to_cents('school.requested_amount') }}, 0)
        when counted.is_weight then 0
        else {{ share_floor('counted.rate_cents', 'counted.count_hundredths', '100') }}
    end as gross_cents,
    case when counted.is_weight then counted.rate_weight * counted.count_hundredths else 0 end as gross_units
from counted
left join {{ ref('int_1003_schools') }} as school
    on counted.fiscal_year = school.fiscal_year and counted.org_id = school.org_id
