-- Every adjustment that an organization stated, and every slip of an action that none answered, with what
-- came of it in the next counted periods, as many as the policy names.
with last_statements as (
    select
        org_id,
        school_year,
        item_code,
        max(last_stated_in_period) as last_period
    from {{ ref('int_adjustment_statements') }}
    where item_level = 'action'
    group by org_id, school_year, item_code
),

slips as (
    select
        slip.org_id,
        slip.school_year,
        'action' as item_level,
        slip.action_code as item_code,
        slip.period
    from {{ ref('int_action_states') }} as slip
    left join last_statements
        on
            slip.org_id = last_statements.org_id
            and slip.school_year = last_statements.school_year
            and slip.action_code = last_statements.item_code
            and slip.period <= last_statements.last_period
    where slip.is_slip and last_statements.org_id is null
),

begun as (
    select
        org_id,
        school_year,
        item_level,
        item_code,
        period,
        true as has_adjustment,
        last_stated_in_period,
        n_periods_stated,
        cause,
        adjustment,
        submission_id,
        source_sheet,
        source_row
    from {{ ref('int_adjustment_statements') }}
    union all
    select
        org_id,
        school_year,
        item_level,
        item_code,
        period,
        false as has_adjustment,
        null as last_stated_in_period,
        cast(0 as bigint) as n_periods_stated,
        null as cause,
        null as adjustment,
        null as submission_id,
        null as source_sheet,
        null as source_row
    from slips
),

placed as (
    select
        begun.*,
        item.lea_id,
        item.strategy_code,
        item.period_no,
        item.state,
        item.state_before,
        cast(setting.number_value as bigint) as recovery_periods,
        least(cast(setting.number_value as bigint), numbered.n_periods - item.period_no) as n_periods_followed
    from begun
    inner join {{ ref('int_item_states') }} as item
        on
            begun.org_id = item.org_id
            and begun.period = item.period
            and begun.item_level = item.item_level
            and begun.item_code = item.item_code
    inner join {{ ref('int_organization_sequence') }} as numbered
        on begun.org_id = numbered.org_id and begun.period = numbered.period
    inner join {{ ref('int_policy_years') }} as setting
        on begun.school_year = setting.school_year and setting.parameter = 'recovery_periods'
),

followed as (
    select
        placed.org_id,
        placed.period,
        placed.item_level,
        placed.item_code,
        count(*) filter (where later.state <> 'not_reported') as n_periods_known,
        min(case when later.state not in ('behind', 'not_reported', 'discontinued') then later.period end)
            as recovered_in_period,
        min(case when later.state not in ('behind', 'not_reported', 'discontinued') then later.period_no end)
            as recovered_period_no,
        min(case when later.state = 'discontinued' then later.period_no end) as discontinued_period_no,
        min(case when later.is_due_moved then later.period_no end) as due_moved_period_no
    from placed
    inner join {{ ref('int_item_states') }} as later
        on
            placed.org_id = later.org_id
            and placed.school_year = later.school_year
            and placed.item_level = later.item_level
            and placed.item_code = later.item_code
            and placed.period_no < later.period_no
            and placed.period_no + placed.recovery_periods >= later.period_no
    group by placed.org_id, placed.period, placed.item_level, placed.item_code
),

judged as (
    select
        placed.*,
        coalesce(followed.n_periods_known, 0) as n_periods_known,
        followed.recovered_in_period,
        followed.recovered_period_no,
        coalesce(followed.due_moved_period_no <= followed.recovered_period_no, false) as is_due_moved,
        case
            when placed.state <> 'behind' then 'not_behind'
            when
                followed.discontinued_period_no is not null
                and coalesce(followed.discontinued_period_no < followed.recovered_period_no, true)
                then 'discontinued'
            when followed.recovered_period_no is not null then 'recovered'
            when placed.n_periods_followed < placed.recovery_periods then 'too_early'
            when coalesce(followed.n_periods_known, 0) = 0 then 'unknown'
            else 'not_recovered'
        end as outcome
    from placed
    left join followed
        on
            placed.org_id = followed.org_id
            and placed.period = followed.period
            and placed.item_level = followed.item_level
            and placed.item_code = followed.item_code
)

select
    judged.org_id,
    judged.lea_id,
    judged.school_year,
    judged.strategy_code,
    judged.item_level,
    judged.item_code,
    judged.period,
    judged.has_adjustment,
    judged.cause,
    judged.adjustment,
    judged.last_stated_in_period,
    judged.n_periods_stated,
    judged.state_before,
    judged.state,
    later.state as state_after,
    judged.outcome,
    case when judged.outcome = 'recovered' then judged.recovered_in_period end as recovered_in_period,
    case
        when judged.outcome = 'recovered' then judged.recovered_period_no - judged.period_no
    end as periods_to_recovery,
    case when judged.outcome = 'recovered' then judged.is_due_moved end as is_by_moved_due_day,
    judged.n_periods_followed,
    judged.n_periods_known,
    judged.submission_id,
    judged.source_sheet,
    judged.source_row
from judged
left join {{ ref('int_item_states') }} as later
    on
        judged.org_id = later.org_id
        and judged.school_year = later.school_year
        and judged.item_level = later.item_level
        and judged.item_code = later.item_code
        -- a condition on one side alone would have every pair of rows compared
        and case
            when judged.n_periods_followed > 0 then judged.period_no + judged.n_periods_followed
        end = later.period_no
