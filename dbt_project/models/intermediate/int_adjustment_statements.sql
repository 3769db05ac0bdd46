-- What organizations said they changed, once each: a text repeated month after month is one adjustment,
-- from the first period that states it. The text of a quarter's or semester's report holds cause and
-- adjustment together.
with stated as (
    select
        org_id,
        period,
        'action' as item_level,
        action_code as item_code,
        cause,
        adjustment,
        submission_id,
        source_sheet,
        source_row
    from {{ ref('int_standing__action_status') }}
    where trim(adjustment) <> ''
    union all
    select
        org_id,
        period,
        'milestone' as item_level,
        milestone_code as item_code,
        null as cause,
        cause_and_adjustment as adjustment,
        submission_id,
        source_sheet,
        source_row
    from {{ ref('int_standing__milestone_reports') }}
    where trim(cause_and_adjustment) <> ''
    union all
    select
        org_id,
        period,
        'strategy' as item_level,
        strategy_code as item_code,
        null as cause,
        cause_and_adjustment as adjustment,
        submission_id,
        source_sheet,
        source_row
    from {{ ref('int_standing__strategy_reports') }}
    where trim(cause_and_adjustment) <> ''
),

counted as (
    select
        stated.*,
        numbered.school_year,
        numbered.period_no,
        lag(lower(trim(stated.adjustment))) over (
            partition by stated.org_id, numbered.school_year, stated.item_level, stated.item_code
            order by stated.period
        ) as text_before
    from stated
    inner join {{ ref('int_organization_sequence') }} as numbered
        on stated.org_id = numbered.org_id and stated.period = numbered.period
),

told_apart as (
    select
        *,
        sum(case when coalesce(text_before = lower(trim(adjustment)), false) then 0 else 1 end) over (
            partition by org_id, school_year, item_level, item_code order by period
            rows between unbounded preceding and current row
        ) as statement_no
    from counted
)

select
    org_id,
    school_year,
    item_level,
    item_code,
    min(period) as period,
    max(period) as last_stated_in_period,
    count(*) as n_periods_stated,
    min_by(cause, period) filter (where cause is not null) as cause,
    min_by(adjustment, period) filter (where adjustment is not null) as adjustment,
    min_by(submission_id, period) as submission_id,
    min_by(source_sheet, period) filter (where source_sheet is not null) as source_sheet,
    min_by(source_row, period) filter (where source_row is not null) as source_row
from told_apart
group by org_id, school_year, item_level, item_code, statement_no
