-- What reports and results say to the figures of the principles, one row for each organization and figure;
-- reports are of LEAs.
with as_of as (
    select
        span.org_id,
        span.school_year,
        span.as_of_period,
        periods.period_end
    from {{ ref('int_organization_spans') }} as span
    inner join {{ ref('dim_period') }} as periods on span.as_of_period = periods.period
    where span.span_kind = 'year'
),

-- what schools and LEAs owe; schools that no directory knows have no LEA to count them under
duties as (
    select
        org_id,
        school_year,
        case when state in ('done', 'done_late') then 1 else 0 end as is_done,
        case when state = 'done' then 1 else 0 end as is_on_time,
        due_on is not null and state <> 'open' as has_come_due
    from {{ ref('fct_duty') }}
    where owed_by in ('school', 'lea') and state <> 'not_applicable' and lea_id is not null
),

-- supports as last told in the year
supports as (
    select
        stated.org_id,
        periods.school_year,
        stated.support_no,
        max_by(case when stated.provided_on is not null then 1 else 0 end, stated.period) as is_provided,
        max_by(practice.domain_code, stated.period) as domain_code
    from {{ ref('int_standing__supports') }} as stated
    inner join {{ ref('dim_period') }} as periods on stated.period = periods.period
    inner join {{ ref('dim_practice') }} as practice on stated.practice_code = practice.practice_code
    group by stated.org_id, periods.school_year, stated.support_no
),

counts as (
    select
        lea_id as org_id,
        school_year,
        'reports_on_time' as figure_id,
        count(*) filter (where status = 'on_time') as numerator,
        count(*) as denominator
    from {{ ref('rpt_submission_completeness') }}
    where is_expected and status <> 'not_yet_due'
    group by lea_id, school_year
    union all
    select
        lea_id as org_id,
        school_year,
        'plans_reported' as figure_id,
        sum(n_organizations_reported) as numerator,
        sum(n_organizations) as denominator
    from {{ ref('rpt_submission_completeness') }}
    where is_expected and status <> 'not_yet_due'
    group by lea_id, school_year
    union all
    select
        org_id,
        school_year,
        'duties_done' as figure_id,
        sum(is_done) as numerator,
        count(*) as denominator
    from duties
    group by org_id, school_year
    union all
    select
        org_id,
        school_year,
        'duties_on_time' as figure_id,
        sum(is_on_time) as numerator,
        count(*) as denominator
    from duties
    where has_come_due
    group by org_id, school_year
    union all
    select
        supports.org_id,
        supports.school_year,
        figure.figure_id,
        sum(supports.is_provided) as numerator,
        count(*) as denominator
    from supports
    inner join {{ ref('principle_figures') }} as figure
        on figure.figure_id = 'talent_supports' and supports.domain_code = figure.source_code
    group by supports.org_id, supports.school_year, figure.figure_id
    {% for figure, numerator, denominator in [
        ('talent_on_time', 'n_due_on_time', 'n_due'),
        ('actions_on_time', 'n_due_on_time', 'n_due'),
        ('actions_behind', 'n_behind', 'n_planned - implementation.n_not_reported'),
    ] %}
        union all
        select
            implementation.scope_id as org_id,
            implementation.school_year,
            figure.figure_id,
            implementation.{{ numerator }} as numerator,
            implementation.{{ denominator }} as denominator
        from {{ ref('rpt_implementation_by_span') }} as implementation
        inner join {{ ref('principle_figures') }} as figure
            on figure.figure_id = '{{ figure }}' and implementation.code = figure.source_code
        where implementation.scope_level = 'organization' and implementation.span_kind = 'year'
    {% endfor %}
    union all
    select
        milestone.org_id,
        milestone.school_year,
        'milestones_reached' as figure_id,
        count(*) filter (where milestone.is_completed) as numerator,
        count(*) as denominator
    from {{ ref('fct_milestone_quarter') }} as milestone
    inner join as_of
        on milestone.org_id = as_of.org_id and milestone.as_of_period = as_of.as_of_period
    where milestone.is_reported and milestone.due_on <= as_of.period_end
    group by milestone.org_id, milestone.school_year
    union all
    select
        status_row.org_id,
        status_row.school_year,
        'spent_of_budget' as figure_id,
        sum(status_row.spent_to_date) as numerator,
        sum(status_row.budget) as denominator
    from {{ ref('fct_action_status') }} as status_row
    inner join as_of on status_row.org_id = as_of.org_id and status_row.period = as_of.as_of_period
    where status_row.is_reported and status_row.budget is not null and status_row.spent_to_date is not null
    group by status_row.org_id, status_row.school_year
    union all
    select
        org_id,
        school_year,
        'slips_answered' as figure_id,
        count(*) filter (where has_adjustment) as numerator,
        count(*) as denominator
    from {{ ref('rpt_adjustments') }}
    where item_level = 'action'
    group by org_id, school_year
    union all
    select
        org_id,
        school_year,
        'students_moved' as figure_id,
        count(*) filter (where progress > 0) as numerator,
        count(progress) as denominator
    from {{ ref('fct_measure_year') }}
    where measure_kind = 'goal'
    group by org_id, school_year
    {% for figure in ['measures_met', 'adult_measures_met'] %}
        union all
        select
            outcome.scope_id as org_id,
            outcome.school_year,
            figure.figure_id,
            outcome.n_met as numerator,
            outcome.n_readable as denominator
        from {{ ref('rpt_outcomes') }} as outcome
        inner join {{ ref('principle_figures') }} as figure
            on figure.figure_id = '{{ figure }}' and outcome.measure_kind = figure.source_code
        where outcome.scope_level = 'organization' and outcome.code_level = 'all'
    {% endfor %}
    union all
    select
        org_id,
        school_year,
        'side_by_side' as figure_id,
        case when quadrant is not null then 1 else 0 end as numerator,
        1 as denominator
    from {{ ref('rpt_interlaced') }}
    where code_level = 'all'
)

select
    org_id,
    school_year,
    figure_id,
    cast(numerator as decimal(20, 2)) as numerator,
    cast(denominator as decimal(20, 2)) as denominator
from counts
where denominator > 0
