-- Each thing that an award is made of, in dollars gained or lost, with what its sentence tells.
select
    commitment.fiscal_year,
    commitment.lea_id,
    commitment.org_id,
    case when commitment.standing = 'committed' then 'commitment' else 'commitment_unpaid' end as step,
    commitment.award_id as detail,
    commitment.paid_cents as change_cents,
    commitment.award_id as label_text,
    cast(commitment.fiscal_year - commitment.first_fiscal_year + 1 as string) as n,
    cast(commitment.years as string) as of_what,
    cast(null as string) as rate,
    cast(null as string) as other,
    case commitment.standing
        when 'over_term' then 'its term, or the longest that §1003(c) allows, is over'
        when 'not_yet' then 'its first fiscal year has not come'
        when 'not_approved' then 'the LEA has not approved the service (§1003(b)(1)(B))'
    end as reason
from {{ ref('int_1003_commitments') }} as commitment
inner join {{ ref('int_1003_pools') }} as pool on commitment.fiscal_year = pool.fiscal_year
union all
select
    made.fiscal_year,
    made.lea_id,
    made.org_id,
    case
        when not part.is_count_known then 'part_unknown'
        when part.is_requested then 'part_requested'
        when part.is_weight and part.unit = 'pupil' then 'part_weight_count'
        when part.is_weight then 'part_weight'
        when part.unit = 'pupil' then 'part_count'
        else 'part_amount'
    end as step,
    right('0' || cast(part.part_no as string), 2) as detail,
    part.gross_cents as change_cents,
    part.label as label_text,
    cast(null as string) as n,
    cast(null as string) as of_what,
    case
        when part.is_weight then {{ plain_number('part.weight') }}
        when part.is_requested then cast({{ from_cents('part.gross_cents') }} as string)
        else cast(part.amount as string)
    end as rate,
    {{ plain_number('part.count_number') }} as other,
    part.count_fact as reason
from {{ ref('int_1003_new_awards') }} as made
inner join {{ ref('int_1003_claim_parts') }} as part
    on made.fiscal_year = part.fiscal_year and made.org_id = part.org_id
where made.standing in ('paid', 'dropped', 'list_ended', 'below_minimum', 'no_cent', 'cap_below_minimum')
