-- What each part of the method comes to for a school or LEA that fits it, before anything else is looked at: cents,
-- or units of weight (a weight of one for one school or pupil is a million units).
with counted as (
    select
        matched.fiscal_year,
        matched.org_id,
        matched.line_no as part_no,
        line.label,
        line.unit,
        line.count_fact,
        coalesce(line.is_requested, false) as is_requested,
        line.weight is not null as is_weight,
        {{ to_cents('line.amount') }} as rate_cents,
        cast(round(line.weight * 10000) as bigint) as rate_weight,
        line.amount,
        line.weight,
        known.number_value as count_number,
        -- hundredths of what is counted; one school or LEA is one
        case
            when line.unit = 'pupil' then coalesce(cast(round(known.number_value * 100) as bigint), 0)
            else 100
        end as count_hundredths,
        line.unit <> 'pupil' or known.number_value is not null as is_count_known
    from {{ ref('int_1003_matches') }} as matched
    inner join {{ ref('int_1003_methods') }} as method on matched.fiscal_year = method.fiscal_year
    inner join {{ ref('stg_allocation__lines') }} as line
        on
            method.method = line.method
            and matched.used_for = line.used_for
            and matched.line_no = line.line_no
    left join {{ ref('int_1003_facts') }} as known
        on
            matched.fiscal_year = known.fiscal_year
            and matched.org_id = known.org_id
            and line.count_fact = known.fact
    where matched.used_for = 'part'
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
