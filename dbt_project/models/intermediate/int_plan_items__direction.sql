-- Step one of the cycle: mission, purpose, goals and measures.
with thresholds as (
    select criterion_id, threshold
    from {{ ref('plan_criteria') }}
),

empty_words as (
    select pattern as word
    from {{ ref('plan_text_rules') }}
    where rule = 'placeholder'
),

goal_counts as (
    select org_id, school_year, count(*) as n_goals
    from {{ ref('int_plan__goals') }}
    group by org_id, school_year
),

plans as (
    select
        plan.org_id,
        plan.school_year,
        plan.submission_id,
        plan.source_sheet,
        plan.source_row,
        organization.mission,
        organization.plan_date,
        coalesce(organization.purpose, '') as purpose,
        goal_counts.n_goals
    from {{ ref('int_plan_years') }} as plan
    left join {{ ref('int_plan__organizations') }} as organization
        on plan.org_id = organization.org_id and plan.school_year = organization.school_year
    left join goal_counts
        on plan.org_id = goal_counts.org_id and plan.school_year = goal_counts.school_year
),

plan_items as (
    select
        plans.org_id,
        plans.school_year,
        'mission_stated' as criterion_id,
        'plan' as item_code,
        coalesce({{ plain_text('plans.mission') }}, '') <> '' and word.word is null as is_met,
        plans.submission_id,
        plans.source_sheet,
        plans.source_row
    from plans
    left join empty_words as word on {{ plain_text('plans.mission') }} = word.word
    union all
    select
        org_id,
        school_year,
        'plan_dated' as criterion_id,
        'plan' as item_code,
        plan_date is not null as is_met,
        submission_id,
        source_sheet,
        source_row
    from plans
    union all
    select
        plans.org_id,
        plans.school_year,
        'purpose_if_then_and' as criterion_id,
        'plan' as item_code,
        {{ matches(plain_text('plans.purpose'), 'texts.if_part') }}
        and {{ matches(plain_text('plans.purpose'), 'texts.then_part') }}
        and {{ matches(plain_text('plans.purpose'), 'texts.and_part') }} as is_met,
        plans.submission_id,
        plans.source_sheet,
        plans.source_row
    from plans
    cross join {{ ref('int_plan_texts') }} as texts
    union all
    select
        plans.org_id,
        plans.school_year,
        thresholds.criterion_id,
        'plan' as item_code,
        coalesce(plans.n_goals, 0) >= thresholds.threshold as is_met,
        plans.submission_id,
        plans.source_sheet,
        plans.source_row
    from plans
    inner join thresholds on thresholds.criterion_id = 'goals_stated'
),

measured as (
    select distinct org_id, school_year, parent_code
    from {{ ref('int_plan__measures') }}
),

goals as (
    select
        goal.*,
        measured.parent_code is not null as is_measured,
        {{ matches(plain_text('goal.statement'), 'texts.student') }}
        and not {{ matches(plain_text('goal.statement'), 'texts.adult_opening') }} as is_about_students,
        not {{ matches(plain_text('goal.statement'), 'texts.measure_inside') }} as holds_no_measure
    from {{ ref('int_plan__goals') }} as goal
    cross join {{ ref('int_plan_texts') }} as texts
    left join measured
        on
            goal.org_id = measured.org_id
            and goal.school_year = measured.school_year
            and goal.goal_code = measured.parent_code
),

measure_texts as (
    {% for column in ['indicator', 'data_source', 'baseline', 'target_y1', 'target_y2', 'target_y3'] %}
        select
            org_id,
            school_year,
            parent_code,
            measure_no,
            submission_id,
            source_sheet,
            source_row,
            '{{ column }}' as column_name,
            {{ plain_text(column) }} as said
        from {{ ref('int_plan__measures') }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

measures as (
    select
        measure_texts.org_id,
        measure_texts.school_year,
        measure_texts.parent_code,
        measure_texts.measure_no,
        measure_texts.submission_id,
        measure_texts.source_sheet,
        {% for name, like in [
            ('n_described', "in ('indicator', 'data_source')"), ('n_baselines', "= 'baseline'"),
            ('n_targets', "like 'target%'"),
        ] %}
            count(*) filter (
                where measure_texts.column_name {{ like }} and measure_texts.said <> '' and word.word is null
            ) as {{ name }},
        {% endfor %}
        measure_texts.source_row
    from measure_texts
    left join empty_words as word on measure_texts.said = word.word
    group by
        measure_texts.org_id,
        measure_texts.school_year,
        measure_texts.parent_code,
        measure_texts.measure_no,
        measure_texts.submission_id,
        measure_texts.source_sheet,
        measure_texts.source_row
)

select org_id, school_year, criterion_id, item_code, is_met, submission_id, source_sheet, source_row
from plan_items
{% for criterion, met in [
    ('goals_student_focused', 'is_about_students'), ('goals_without_measures', 'holds_no_measure'),
    ('goals_measured', 'is_measured'),
] %}
    union all
    select
        org_id,
        school_year,
        '{{ criterion }}' as criterion_id,
        goal_code as item_code,
        {{ met }} as is_met,
        submission_id,
        source_sheet,
        source_row
    from goals
{% endfor %}
{% for criterion, met in [
    ('measures_described', 'n_described = 2'), ('measures_baseline', 'n_baselines = 1'),
    ('measures_targets', 'n_targets >= thresholds.threshold'),
] %}
    union all
    select
        measures.org_id,
        measures.school_year,
        thresholds.criterion_id,
        measures.parent_code || ' measure ' || cast(measures.measure_no as string) as item_code,
        measures.{{ met }} as is_met,
        measures.submission_id,
        measures.source_sheet,
        measures.source_row
    from measures
    inner join thresholds on thresholds.criterion_id = '{{ criterion }}'
{% endfor %}
