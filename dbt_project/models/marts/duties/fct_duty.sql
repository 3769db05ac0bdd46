-- What is owed beside what was told of it. Of several statements of one occurrence one with a day goes
-- before one without, then what an LEA told last, and what the state did first. What the state did once
-- for all holds for schools that were identified later, too.
with told_of_one as (
    select *
    from {{ ref('int_duty_statements') }}
    where org_id <> 'all'
),

told_of_all as (
    select *
    from {{ ref('int_duty_statements') }}
    where org_id = 'all' and told_by = 'sea'
),

{% set key = ['org_id', 'category', 'duty_code', 'school_year', 'occurrence'] %}
{% set told = [
    'done_on', 'approved_by', 'approved_on', 'evidence', 'submission_id', 'source_file', 'source_sheet', 'source_row'
] %}
fitting as (
    {% for cte, about_all in [('told_of_one', 0), ('told_of_all', 1)] %}
        select
            {% for column in key %}
                owed.{{ column }},
            {% endfor %}
            {% for column in told %}
                {{ cte }}.{{ column }},
            {% endfor %}
            {{ cte }}.told_in,
            {{ about_all }} as about_all
        from {{ ref('int_duty_occurrences') }} as owed
        inner join {{ cte }}
            on
                owed.duty_code = {{ cte }}.duty_code
                {{ 'and owed.org_id = told_of_one.org_id' if about_all == 0 }}
                and owed.told_by = {{ cte }}.told_by
                and {{
                    'owed.window_from' if about_all == 0
                    else "case when owed.recurs = 'once' then told_of_all.told_for else owed.window_from end"
                }} <= {{ cte }}.told_for
                and owed.window_to > {{ cte }}.told_for
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

ranked as (
    select
        *,
        row_number() over (
            partition by {{ key | join(', ') }}
            order by
                case when coalesce(done_on, approved_on) is null then 1 else 0 end,
                told_in desc,
                done_on asc nulls last,
                about_all asc,
                source_file asc nulls last,
                source_row asc nulls last
        ) as preference
    from fitting
),

chosen as (
    select *
    from ranked
    where preference = 1
),

dated as (
    select
        owed.*,
        clock.today,
        {% for column in told %}
            chosen.{{ column }},
        {% endfor %}
        case
            when owed.counts_from = 'done' then chosen.done_on
            when owed.counts_from = 'approved' then coalesce(chosen.approved_on, chosen.done_on)
            when chosen.done_on is not null and chosen.approved_on is not null
                then greatest(chosen.done_on, chosen.approved_on)
        end as complete_on
    from {{ ref('int_duty_occurrences') }} as owed
    cross join {{ ref('int_today') }} as clock
    left join chosen
        on
            owed.org_id = chosen.org_id
            and owed.category = chosen.category
            and owed.duty_code = chosen.duty_code
            and owed.school_year = chosen.school_year
            and owed.occurrence = chosen.occurrence
),

-- a day that has not come yet is a plan, not a deed
judged as (
    select
        *,
        case when complete_on <= today then complete_on end as completed_on
    from dated
),

stated as (
    select
        *,
        case
            when completed_on > due_on then 'done_late'
            when completed_on is not null then 'done'
            when owed_until <= today and coalesce(due_on, owed_until) >= owed_until then 'not_applicable'
            when due_on < today then 'overdue'
            else 'open'
        end as state
    from judged
)

select
    stated.org_id,
    stated.lea_id,
    stated.category,
    stated.duty_code,
    stated.school_year,
    stated.occurrence,
    stated.duty_title,
    stated.recurs,
    stated.owed_by,
    stated.owed_by_id,
    stated.is_states_own,
    stated.citation,
    stated.owed_since,
    stated.owed_until,
    stated.due_on,
    stated.done_on,
    stated.approved_by,
    stated.approved_on,
    stated.completed_on,
    stated.state,
    cast(
        case
            when stated.state = 'done_late' then {{ days_between('stated.due_on', 'stated.completed_on') }}
            when stated.state = 'overdue' then {{ days_between('stated.due_on', 'stated.today') }}
        end as bigint
    ) as days_late,
    stated.evidence,
    stated.plan_criterion,
    quality.outcome as plan_outcome,
    stated.submission_id,
    stated.source_file,
    stated.source_sheet,
    stated.source_row
from stated
left join {{ ref('rpt_plan_quality') }} as quality
    on
        stated.org_id = quality.org_id
        and stated.school_year = quality.school_year
        and stated.plan_criterion = quality.criterion_id
