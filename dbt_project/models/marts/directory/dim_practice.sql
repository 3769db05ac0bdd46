select
    practice.practice_code,
    practice.practice_title,
    practice.domain_code,
    domain.domain_title,
    practice.source,
    practice.is_confirmed
from {{ ref('practices') }} as practice
inner join {{ ref('domains') }} as domain on practice.domain_code = domain.domain_code
