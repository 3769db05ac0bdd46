-- The schools with a designation of a fiscal year, whether they may be paid, and what is asked for them.
select
    listed.fiscal_year,
    listed.school_year,
    coalesce(listed.lea_id, request.lea_id, 'unknown') as lea_id,
    coalesce(school_recipient.text_value, lea_recipient.text_value, listed.lea_id, request.lea_id, 'unknown')
        as recipient_id,
    listed.org_id,
    listed.category,
    listed.reason,
    coalesce(judged.is_eligible, false) as is_eligible,
    request.amount as requested_amount,
    request.years as requested_years,
    request.has_planning_year
from {{ ref('int_1003_designated') }} as listed
left join {{ ref('int_1003_requests') }} as request
    on listed.fiscal_year = request.fiscal_year and listed.org_id = request.org_id
left join {{ ref('fct_1003_eligibility') }} as judged
    on
        listed.fiscal_year = judged.fiscal_year
        and listed.org_id = judged.org_id
        and judged.rule_id = 'designated'
left join {{ ref('int_1003_facts') }} as school_recipient
    on
        listed.fiscal_year = school_recipient.fiscal_year
        and listed.org_id = school_recipient.org_id
        and school_recipient.fact = 'recipient_id'
left join {{ ref('int_1003_facts') }} as lea_recipient
    on
        listed.fiscal_year = lea_recipient.fiscal_year
        and listed.lea_id = lea_recipient.org_id
        and lea_recipient.fact = 'recipient_id'
