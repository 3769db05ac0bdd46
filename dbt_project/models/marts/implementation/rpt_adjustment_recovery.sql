-- How often what was behind recovered after an adjustment, beside slips that none answered. A rate is over
-- those whose outcome is known: recovered or not.
{% set outcomes = ['recovered', 'not_recovered', 'discontinued', 'too_early', 'unknown'] %}
with placed as (
    select
        adjustment.*,
        coded.code_level,
        coded.code,
        coalesce(organization.region, 'unknown') as region
    from {{ ref('rpt_adjustments') }} as adjustment
    inner join {{ ref('int_strategy_codes') }} as coded
        on
            adjustment.org_id = coded.org_id
            and adjustment.school_year = coded.school_year
            and adjustment.strategy_code = coded.strategy_code
    left join {{ ref('dim_organization') }} as organization on adjustment.lea_id = organization.org_id
),

levels as (
    {% for level, id in [
        ('organization', 'org_id'), ('lea', 'lea_id'), ('region', 'region'), ('state', "'state'"),
    ] %}
        select
            '{{ level }}' as scope_level,
            {{ id }} as scope_id,
            school_year,
            item_level,
            code_level,
            code,
            count(*) filter (where has_adjustment) as n_adjustments,
            count(*) filter (where has_adjustment and outcome = 'not_behind') as n_not_behind,
            {% for outcome in outcomes %}
                count(*) filter (where has_adjustment and outcome = '{{ outcome }}') as n_{{ outcome }},
            {% endfor %}
            count(*) filter (where outcome = 'recovered' and has_adjustment and is_by_moved_due_day)
                as n_recovered_by_moved_due_day,
            {% for outcome in outcomes %}
                count(*) filter (where not has_adjustment and outcome = '{{ outcome }}')
                    as n_unanswered_{{ outcome }},
            {% endfor %}
            count(*) filter (where not has_adjustment) as n_unanswered
        from placed
        group by {{ id ~ ', ' if level != 'state' }}school_year, item_level, code_level, code
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    scope_level,
    scope_id,
    school_year,
    item_level,
    code_level,
    code,
    n_adjustments,
    n_not_behind,
    {% for outcome in outcomes %}
        n_{{ outcome }},
    {% endfor %}
    n_recovered_by_moved_due_day,
    n_unanswered,
    {% for outcome in outcomes %}
        n_unanswered_{{ outcome }},
    {% endfor %}
    {{ rate('n_recovered', '(n_recovered + n_not_recovered)') }} as recovered_rate,
    {{ rate('n_unanswered_recovered', '(n_unanswered_recovered + n_unanswered_not_recovered)') }}
        as unanswered_recovered_rate
from levels
