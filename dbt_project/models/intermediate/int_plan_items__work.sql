-- Step three of the cycle, the year's work: milestones and actions.
with empty_words as (
    select pattern as word
    from {{ ref('plan_text_rules') }}
    where rule = 'placeholder'
),

with_milestone as (
    select distinct
        org_id,
        school_year,
        {{ parent_code('milestone_code') }} as strategy_code
    from {{ ref('int_plan__milestones') }}
),

with_action as (
    select distinct
        org_id,
        school_year,
        {{ parent_code('action_code') }} as milestone_code
    from {{ ref('int_plan__actions') }}
),

action_texts as (
    {% for criterion, column in [
        ('actions_outputs', 'anticipated_outputs'), ('actions_person', 'person_responsible'),
        ('actions_collaborators', 'collaborators'), ('actions_resources', 'fund_source'),
    ] %}
        select
            org_id,
            school_year,
            '{{ criterion }}' as criterion_id,
            action_code,
            {{ plain_text(column) }} as said,
            budget,
            submission_id,
            source_sheet,
            source_row
        from {{ ref('int_plan__actions') }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    strategy.org_id,
    strategy.school_year,
    'strategies_milestones' as criterion_id,
    strategy.strategy_code as item_code,
    with_milestone.strategy_code is not null as is_met,
    strategy.submission_id,
    strategy.source_sheet,
    strategy.source_row
from {{ ref('int_plan__strategies') }} as strategy
left join with_milestone
    on
        strategy.org_id = with_milestone.org_id
        and strategy.school_year = with_milestone.school_year
        and strategy.strategy_code = with_milestone.strategy_code
union all
select
    org_id,
    school_year,
    'milestones_dated' as criterion_id,
    milestone_code as item_code,
    due_on is not null as is_met,
    submission_id,
    source_sheet,
    source_row
from {{ ref('int_plan__milestones') }}
union all
select
    milestone.org_id,
    milestone.school_year,
    'milestones_actions' as criterion_id,
    milestone.milestone_code as item_code,
    with_action.milestone_code is not null as is_met,
    milestone.submission_id,
    milestone.source_sheet,
    milestone.source_row
from {{ ref('int_plan__milestones') }} as milestone
left join with_action
    on
        milestone.org_id = with_action.org_id
        and milestone.school_year = with_action.school_year
        and milestone.milestone_code = with_action.milestone_code
union all
select
    org_id,
    school_year,
    'actions_dates' as criterion_id,
    action_code as item_code,
    coalesce(start_on <= due_on, false) as is_met,
    submission_id,
    source_sheet,
    source_row
from {{ ref('int_plan__actions') }}
union all
select
    action_texts.org_id,
    action_texts.school_year,
    action_texts.criterion_id,
    action_texts.action_code as item_code,
    case
        when action_texts.criterion_id <> 'actions_resources'
            then coalesce(action_texts.said, '') <> '' and word.word is null
        else
            action_texts.budget is not null
            and (action_texts.budget = 0 or (coalesce(action_texts.said, '') <> '' and word.word is null))
    end as is_met,
    action_texts.submission_id,
    action_texts.source_sheet,
    action_texts.source_row
from action_texts
left join empty_words as word on action_texts.said = word.word
