-- Duties counted for each LEA and for the state. Punctuality is of those that are done or overdue by a
-- due day; what has no day is in no such rate.
with levels as (
    {% for level, id in [('lea', "coalesce(lea_id, 'unknown')"), ('state', "'state'")] %}
        select
            '{{ level }}' as scope_level,
            {{ id }} as scope_id,
            school_year,
            category,
            duty_code,
            owed_by,
            org_id,
            due_on,
            duty_title,
            state
        from {{ ref('fct_duty') }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

counted as (
    select
        scope_level,
        scope_id,
        school_year,
        category,
        duty_code,
        owed_by,
        max(duty_title) as duty_title,
        count(distinct org_id) as n_organizations,
        count(*) filter (where state <> 'not_applicable') as n_owed,
        count(*) filter (where state = 'done' and due_on is not null) as n_done_on_time,
        count(*) filter (where state = 'done' and due_on is null) as n_done_without_day,
        count(*) filter (where state = 'done_late') as n_done_late,
        count(*) filter (where state = 'overdue') as n_overdue,
        count(*) filter (where state = 'open') as n_open,
        count(*) filter (where state = 'not_applicable') as n_not_applicable
    from levels
    group by scope_level, scope_id, school_year, category, duty_code, owed_by
)

select
    scope_level,
    scope_id,
    school_year,
    category,
    duty_code,
    owed_by,
    duty_title,
    n_organizations,
    n_owed,
    n_done_on_time,
    n_done_without_day,
    n_done_late,
    n_overdue,
    n_open,
    n_not_applicable,
    n_done_on_time + n_done_late + n_overdue as n_due,
    {{ rate('(n_done_on_time + n_done_without_day + n_done_late)', 'n_owed') }} as done_rate,
    {{ rate('n_done_on_time', '(n_done_on_time + n_done_late + n_overdue)') }} as on_time_rate
from counted
