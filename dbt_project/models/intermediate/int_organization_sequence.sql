-- The counted periods of an organization, numbered within the school year, so that "the one before" and
-- "in a row" are of periods that count, whatever months lie between.
select
    org_id,
    lea_id,
    school_year,
    period,
    is_reported,
    cast(row_number() over (partition by org_id, school_year order by period) as bigint) as period_no,
    lead(period) over (partition by org_id, school_year order by period) as next_period,
    count(*) over (partition by org_id, school_year) as n_periods
from {{ ref('int_organization_periods') }}
