select
    practice.practice_code,
    practice.practice_title,
    practice.domain_code,
    domains.domain_title,
    practice.source,
    practice.is_confirmed
from {{ ref('practices') }} as practice
inner join {{ ref('domains') }} as domains on practice.domain_code = domains.domain_code
