-- The quarters that have an agenda: those in which a month of the organization counts.
select
    spans.org_id,
    counted.lea_id,
    spans.school_year,
    spans.span_id as quarter_id,
    spans.as_of_period,
    numbered.period_no,
    counted.period_end,
    counted.is_reported,
    counted.milestones_period,
    numbered.next_period is null as is_last_of_year
from {{ ref('int_organization_spans') }} as spans
inner join {{ ref('int_organization_periods') }} as counted
    on spans.org_id = counted.org_id and spans.as_of_period = counted.period
inner join {{ ref('int_organization_sequence') }} as numbered
    on spans.org_id = numbered.org_id and spans.as_of_period = numbered.period
where spans.span_kind = 'quarter'
