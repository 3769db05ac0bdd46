-- What is raised beside others or over time: adjustments without recovery, waning progress, own counts that
-- differ, and supports that were asked for and not given.
with quarters as (
    select * from {{ ref('int_coaching_quarters') }}
),

-- the quarter in which the last of the months that were looked at lies
adjustments as (
    select
        adjusted.*,
        spans.span_id as quarter_id
    from {{ ref('rpt_adjustments') }} as adjusted
    inner join {{ ref('int_organization_sequence') }} as stated
        on adjusted.org_id = stated.org_id and adjusted.period = stated.period
    inner join {{ ref('int_organization_sequence') }} as judged
        on
            stated.org_id = judged.org_id
            and stated.school_year = judged.school_year
            and stated.period_no + adjusted.n_periods_followed = judged.period_no
    inner join {{ ref('dim_period') }} as periods on judged.period = periods.period
    inner join {{ ref('int_organization_spans') }} as spans
        on judged.org_id = spans.org_id and spans.span_kind = 'quarter' and periods.quarter_id = spans.span_id
    where adjusted.has_adjustment and adjusted.outcome = 'not_recovered'
),

-- of several of an item, the one stated last
last_adjustments as (
    select
        *,
        row_number() over (
            partition by org_id, quarter_id, item_level, item_code order by period desc
        ) as recency
    from adjustments
),

-- of both rules, the comparison with others
waning as (
    select
        *,
        row_number() over (
            partition by org_id, period, code_level, code
            order by case waning_rule when 'peers' then 0 else 1 end
        ) as choice
    from {{ ref('rpt_waning') }}
),

-- of the figures of an item, the one furthest off; the last digits of a double do not make one further off
differences as (
    select
        *,
        row_number() over (
            partition by org_id, span_kind, span_id, item_code
            order by {{ rounded('abs(difference)', 9) }} desc, figure asc
        ) as choice
    from {{ ref('rpt_reporting_differences') }}
),

-- each support as it was last stated by the end of the quarter's last counted month
supports as (
    select
        quarters.quarter_id,
        stated.*,
        row_number() over (
            partition by quarters.org_id, quarters.quarter_id, stated.support_no order by stated.period desc
        ) as recency
    from quarters
    inner join {{ ref('int_standing__supports') }} as stated
        on quarters.org_id = stated.org_id and quarters.as_of_period >= stated.period
    inner join {{ ref('dim_period') }} as periods
        on stated.period = periods.period and quarters.school_year = periods.school_year
)

select
    {{ raised_item("'adjustment_without_recovery'", 'adjusted.item_level', 'adjusted.item_code',
        'adjusted.n_periods_known', n='adjusted.n_periods_known', of='adjusted.n_periods_followed', since='adjusted.period',
        lineage='adjusted') }}
from quarters as at_quarter
inner join last_adjustments as adjusted
    on at_quarter.org_id = adjusted.org_id and at_quarter.quarter_id = adjusted.quarter_id
where adjusted.recency = 1

union all

select
    {{ raised_item("case waning.code_level when 'all' then 'waning' else 'waning_practice' end",
        'waning.code_level', 'waning.code', 'waning.n_periods', n='waning.n_behind', of='waning.n_known',
        since='waning.since_period', detail='waning.in_words') }}
from quarters as at_quarter
inner join waning on at_quarter.org_id = waning.org_id and at_quarter.as_of_period = waning.period
where waning.choice = 1

union all

select
    {{ raised_item("'count_differs'",
        "case differences.span_kind when 'quarter' then 'milestone' else 'strategy' end",
        'differences.item_code', 'abs(differences.difference)', pct='differences.own_pct', other_pct='differences.counted_pct',
        detail="replace(differences.figure, '_', ' ')", lineage='differences') }}
from quarters as at_quarter
inner join differences
    on
        at_quarter.org_id = differences.org_id
        and (
            (differences.span_kind = 'quarter' and at_quarter.quarter_id = differences.span_id)
            or (differences.span_kind = 'semester' and at_quarter.as_of_period = differences.as_of_period)
        )
where differences.choice = 1

union all

select
    {{ raised_item("'support_not_provided'", "'support'", 'cast(supports.support_no as string)',
        days_between('supports.needed_on', 'at_quarter.period_end'), n=days_between('supports.needed_on', 'at_quarter.period_end'),
        day='supports.needed_on', detail="coalesce(supports.practice_code, supports.strategy_code, 'no code')",
        lineage='supports') }}
from quarters as at_quarter
inner join supports on at_quarter.org_id = supports.org_id and at_quarter.quarter_id = supports.quarter_id
where
    supports.recency = 1
    and supports.needed_on <= at_quarter.period_end
    and coalesce(supports.provided_on > at_quarter.period_end, true)
