-- Every share that an organization counted itself beside ours, one row a figure.
{% set figures = [
    ('actions_completed', 'completed_pct'), ('actions_on_time', 'on_time_pct'),
    ('actions_behind', 'behind_pct'),
] %}
with compared as (
    {% for figure, column in figures %}
        select
            org_id,
            lea_id,
            school_year,
            'quarter' as span_kind,
            quarter_id as span_id,
            as_of_period,
            milestone_code as item_code,
            '{{ figure }}' as figure,
            cast(self_{{ column }} as double) as own_pct,
            {{ column }} as counted_pct,
            self_submission_id as submission_id,
            self_source_sheet as source_sheet,
            self_source_row as source_row
        from {{ ref('fct_milestone_quarter') }}
        where self_{{ column }} is not null and {{ column }} is not null
        union all
    {% endfor %}
    select
        org_id,
        lea_id,
        school_year,
        'semester' as span_kind,
        semester_id as span_id,
        as_of_period,
        strategy_code as item_code,
        'milestones_completed' as figure,
        cast(self_milestones_completed_pct as double) as own_pct,
        milestones_completed_pct as counted_pct,
        self_submission_id as submission_id,
        self_source_sheet as source_sheet,
        self_source_row as source_row
    from {{ ref('fct_strategy_semester') }}
    where self_milestones_completed_pct is not null and milestones_completed_pct is not null
)

select
    compared.*,
    compared.own_pct - compared.counted_pct as difference,
    -- rounded, so that a difference of exactly the policy's points is one
    {{ rounded('abs(compared.own_pct - compared.counted_pct)', 9) }} >= setting.number_value as is_different
from compared
inner join {{ ref('int_policy_years') }} as setting
    on
        compared.school_year = setting.school_year
        and setting.parameter = 'significant_difference'
