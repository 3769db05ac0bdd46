-- What is paid to each school and LEA under awards made before, in whole cents.
select
    fiscal_year,
    org_id,
    max_by(lea_id, award_id) filter (where lea_id is not null) as lea_id,
    max_by(recipient_id, award_id) filter (where recipient_id is not null) as recipient_id,
    max_by(recipient_kind, award_id) filter (where recipient_kind is not null) as recipient_kind,
    cast(sum(paid_cents) as bigint) as paid_cents,
    cast(sum(case when is_direct_service then paid_cents else 0 end) as bigint) as direct_cents,
    min(first_fiscal_year) as first_fiscal_year,
    max(last_fiscal_year) as last_fiscal_year,
    bool_or(is_planning_year) as is_planning_year
from {{ ref('int_1003_commitments') }}
group by fiscal_year, org_id
