-- LEA by LEA, the practices of its self-reflection beside what its own plan and its schools' plans hold on
-- them. A practice on which nothing is shown is neither weak nor strong.
with levels as (
    select
        lea_id,
        region,
        school_year,
        practice_code,
        {{ rate('sum(level) filter (where is_shown)', 'count(*) filter (where is_shown)') }} as mean_level
    from {{ ref('int_self_reflection_answers') }}
    group by lea_id, region, school_year, practice_code
)

select
    levels.lea_id,
    levels.region,
    levels.school_year,
    levels.practice_code,
    coalesce(plan.n_strategies, 0) as n_strategies,
    coalesce(plan.budget, 0) as budget,
    coalesce(levels.mean_level < weak.number_value, false) as is_weak,
    coalesce(levels.mean_level >= strong.number_value, false) as is_strong
from levels
left join {{ ref('int_lea_practice_plans') }} as plan
    on
        levels.lea_id = plan.lea_id
        and levels.school_year = plan.school_year
        and levels.practice_code = plan.practice_code
left join {{ ref('int_policy_years') }} as weak
    on levels.school_year = weak.school_year and weak.parameter = 'self_reflection_weak'
left join {{ ref('int_policy_years') }} as strong
    on levels.school_year = strong.school_year and strong.parameter = 'self_reflection_strong'
