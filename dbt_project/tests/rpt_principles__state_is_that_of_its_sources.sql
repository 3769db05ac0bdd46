{{ config(meta={'dagster': {'ref': {'name': 'rpt_principles'}}}) }}
-- What: a figure of the state that is not the one of the mart it comes from.
-- Why: two marts that tell the same figure differently make both useless.
-- Fix: compare the figure in int_principles__plans or int_principles__work with the mart named in source.
with sources as (
    select
        school_year,
        'reports_on_time' as figure_id,
        count(*) filter (where status = 'on_time') as numerator,
        count(*) as denominator
    from {{ ref('rpt_submission_completeness') }}
    where is_expected and status <> 'not_yet_due'
    group by school_year
    union all
    select
        school_year,
        'plan_quality' as figure_id,
        weight_met as numerator,
        weight_applicable as denominator
    from {{ ref('rpt_plan_quality_by_level') }}
    where scope_level = 'state' and plan_level = 'all' and designation = 'all' and criterion_id = 'all'
    {% for figure, numerator, denominator in [
        ('duties_done', 'n_done_on_time + n_done_without_day + n_done_late', 'n_owed'),
        ('duties_on_time', 'n_done_on_time', 'n_due'),
    ] %}
        union all
        select
            school_year,
            '{{ figure }}' as figure_id,
            sum({{ numerator }}) as numerator,
            sum({{ denominator }}) as denominator
        from {{ ref('rpt_duties') }}
        where scope_level = 'lea' and scope_id <> 'unknown' and owed_by <> 'sea'
        group by school_year
    {% endfor %}
    {% for figure, code, numerator, denominator in [
        ('actions_on_time', 'all', 'n_due_on_time', 'n_due'),
        ('actions_behind', 'all', 'n_behind', 'n_planned - n_not_reported'),
        ('talent_on_time', '2', 'n_due_on_time', 'n_due'),
    ] %}
        union all
        select
            school_year,
            '{{ figure }}' as figure_id,
            {{ numerator }} as numerator,
            {{ denominator }} as denominator
        from {{ ref('rpt_implementation_by_span') }}
        where scope_level = 'state' and span_kind = 'year' and code = '{{ code }}'
    {% endfor %}
    {% for figure, kind in [('measures_met', 'goal'), ('adult_measures_met', 'strategy')] %}
        union all
        select
            school_year,
            '{{ figure }}' as figure_id,
            n_met as numerator,
            n_readable as denominator
        from {{ ref('rpt_outcomes') }}
        where scope_level = 'state' and code_level = 'all' and measure_kind = '{{ kind }}'
    {% endfor %}
    union all
    select
        school_year,
        'talent_strategies' as figure_id,
        count(distinct case when domain_code = '2' then org_id || ' ' || strategy_code end) as numerator,
        count(distinct org_id || ' ' || strategy_code) as denominator
    from (
        select
            coded.org_id,
            coded.school_year,
            coded.strategy_code,
            practice.domain_code
        from (
            select
                org_id,
                school_year,
                strategy_code,
                {{ split_codes('practice_codes') }} as practice_code
            from {{ ref('dim_strategy') }}
            where is_in_latest_plan
        ) as coded
        inner join {{ ref('dim_practice') }} as practice on coded.practice_code = practice.practice_code
    ) as in_domains
    group by school_year
),

state as (
    select
        school_year,
        figure_id,
        numerator,
        denominator
    from {{ ref('rpt_principles') }}
    where scope_level = 'state' and is_measured
),

told as (
    select *
    from sources
    where denominator > 0
)

select
    coalesce(told.school_year, state.school_year) as school_year,
    coalesce(told.figure_id, state.figure_id) as figure_id,
    told.numerator as numerator_of_source,
    state.numerator,
    told.denominator as denominator_of_source,
    state.denominator
from told
full outer join state
    on told.school_year = state.school_year and told.figure_id = state.figure_id
where
    (told.figure_id is not null or state.figure_id in (select sources.figure_id from sources))
    and (
        told.numerator is distinct from state.numerator
        or told.denominator is distinct from state.denominator
    )
