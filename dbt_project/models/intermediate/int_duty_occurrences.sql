-- Each time that a duty is owed: once for each time that an organization was identified, or in every
-- span of a school year in which it is. What was owed before the first school year told of stands in
-- that year, while it is owed.
{% set no_end = "date '9999-12-31'" %}
{% set of_rule = [
    'duty_code', 'duty_title', 'title1', 'owed_by', 'recurs', 'counts_from', 'plan_criterion', 'has_due', 'due_years',
    'due_days', 'due_month', 'due_day', 'citation', 'is_states_own'
] %}
with years as (
    select
        school_year,
        {{ start_of_school_year('school_year') }} as start_year,
        min(period_start) as year_start,
        max(period_end) as year_end
    from {{ ref('dim_period') }}
    group by school_year
),

bounds as (
    select
        min(years.start_year) as first_start,
        max(years.start_year) as last_start,
        min(years.year_start) as first_day,
        max(cast(of_state.school_year_first_month as integer)) as first_month
    from years
    cross join {{ ref('stg_calendar') }} as of_state
),

identified as (
    select org_id, lea_id, category, owed_from, owed_until, is_title1
    from {{ ref('int_duty_schools') }}
    union all
    select lea_id as org_id, lea_id, category, owed_from, owed_until, false as is_title1
    from {{ ref('int_duty_leas') }}
),

subjects as (
    select
        identified.*,
        lead(identified.owed_from) over (
            partition by identified.org_id, identified.category order by identified.owed_from
        ) as next_from,
        {{ start_of_date('identified.owed_from', 'bounds.first_month') }} as from_start,
        bounds.first_start,
        bounds.last_start,
        bounds.first_day,
        bounds.first_month
    from identified
    cross join bounds
),

-- a duty owed once goes by the rule of the year of identification, one that comes again by that of its
-- own year
owed_once as (
    select
        subjects.*,
        duty_rule.school_year,
        {% for column in of_rule %}
            duty_rule.{{ column }},
        {% endfor %}
        {{ add_months('subjects.owed_from', '12 * coalesce(duty_rule.due_years, 0)') }} as owed_since
    from subjects
    inner join {{ ref('int_duty_rules') }} as duty_rule
        on
            subjects.category = duty_rule.category
            and duty_rule.school_year
            = {{ school_year_from_start('greatest(subjects.from_start, subjects.first_start)') }}
    where duty_rule.recurs = 'once'
),

once_started as (
    select
        *,
        {{ start_of_date('owed_since', 'first_month') }} as since_start
    from owed_once
),

once_dated as (
    select
        *,
        {{ day_of_school_year('since_start', 'first_month', 'due_month', 'due_day') }} as named_day
    from once_started
),

once as (
    select
        *,
        {{ school_year_from_start('greatest(since_start, first_start)') }} as of_year,
        'once' as occurrence,
        owed_from as window_from,
        coalesce(next_from, {{ no_end }}) as window_to,
        case
            when due_month is not null and named_day >= owed_since then named_day
            when due_month is not null then {{ add_months('named_day', 12) }}
            when has_due then cast(owed_since + coalesce(due_days, 0) as date)
        end as due_on
    from once_dated
    where
        since_start <= last_start
        and owed_since < coalesce(owed_until, {{ no_end }})
        and coalesce(owed_until, {{ no_end }}) > first_day
),

spans as (
    select
        'month' as recurs,
        school_year,
        period as occurrence,
        period_start as span_start,
        period_end as span_end
    from {{ ref('dim_period') }}
    where is_reporting_month
    union all
    select
        'quarter' as recurs,
        school_year,
        quarter_id as occurrence,
        min(period_start) as span_start,
        max(period_end) as span_end
    from {{ ref('dim_period') }}
    group by school_year, quarter_id
    having bool_or(is_reporting_month)
    union all
    select
        'school_year' as recurs,
        school_year,
        school_year as occurrence,
        year_start as span_start,
        year_end as span_end
    from years
    union all
    select
        'review_cycle' as recurs,
        years.school_year,
        years.school_year as occurrence,
        years.year_start as span_start,
        cast({{ add_months('years.year_start', '12 * setting.number_value') }} - 1 as date) as span_end
    from years
    inner join {{ ref('int_policy_years') }} as setting
        on years.school_year = setting.school_year and setting.parameter = 'resource_review_years'
    where setting.number_value >= 1
),

cycles as (
    select
        school_year,
        cast(number_value as integer) as cycle_years
    from {{ ref('int_policy_years') }}
    where parameter = 'resource_review_years'
),

again_started as (
    select
        subjects.*,
        duty_rule.school_year,
        {% for column in of_rule %}
            duty_rule.{{ column }},
        {% endfor %}
        spans.occurrence,
        spans.span_start,
        spans.span_end,
        {{ add_months('subjects.owed_from', '12 * coalesce(duty_rule.due_years, 0)') }} as owed_since
    from subjects
    inner join {{ ref('int_duty_rules') }} as duty_rule on subjects.category = duty_rule.category
    inner join spans
        on
            duty_rule.recurs = spans.recurs
            and duty_rule.school_year = spans.school_year
    left join cycles on spans.school_year = cycles.school_year
    where
        spans.span_start < coalesce(subjects.owed_until, {{ no_end }})
        and (
            duty_rule.recurs <> 'review_cycle'
            or (
                {{ start_of_school_year('spans.school_year') }} >= subjects.from_start
                and ({{ start_of_school_year('spans.school_year') }} - subjects.from_start)
                % nullif(cycles.cycle_years, 0) = 0
            )
        )
),

again as (
    select
        *,
        school_year as of_year,
        span_start as window_from,
        cast(span_end + 1 as date) as window_to,
        case
            when due_month is not null
                then
                    {{ day_of_school_year(
                        start_of_school_year('school_year'), 'first_month', 'due_month', 'due_day'
                    ) }}
            else cast(span_end + coalesce(due_days, 0) as date)
        end as due_on
    from again_started
    where span_end >= owed_since
),

every as (
    {% for cte in ['once', 'again'] %}
        select
            org_id,
            lea_id,
            category,
            is_title1,
            duty_code,
            of_year as school_year,
            occurrence,
            duty_title,
            title1,
            owed_by,
            recurs,
            counts_from,
            plan_criterion,
            citation,
            is_states_own,
            greatest(owed_since, {{ 'owed_since' if cte == 'once' else 'span_start' }}) as owed_since,
            owed_until,
            due_on,
            window_from,
            window_to
        from {{ cte }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    org_id,
    lea_id,
    category,
    duty_code,
    school_year,
    occurrence,
    duty_title,
    owed_by,
    case owed_by when 'school' then org_id when 'lea' then lea_id else 'state' end as owed_by_id,
    case when owed_by = 'sea' then 'sea' else 'lea' end as told_by,
    recurs,
    counts_from,
    plan_criterion,
    citation,
    is_states_own,
    owed_since,
    owed_until,
    due_on,
    window_from,
    window_to
from every
where title1 = 'any' or title1 = case when is_title1 then 'yes' else 'no' end
