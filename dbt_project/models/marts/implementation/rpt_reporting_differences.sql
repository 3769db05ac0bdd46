-- Where an organization's own count and ours differ by at least the policy's points.
select
    org_id,
    lea_id,
    school_year,
    span_kind,
    span_id,
    as_of_period,
    item_code,
    figure,
    own_pct,
    counted_pct,
    difference,
    case when difference > 0 then 'own_higher' else 'own_lower' end as direction,
    submission_id,
    source_sheet,
    source_row
from {{ ref('int_reporting_comparisons') }}
where is_different
