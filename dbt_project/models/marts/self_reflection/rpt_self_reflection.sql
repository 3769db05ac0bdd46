-- Levels by element, practice, domain and in all, for each LEA, region and the state. Figures rest on shown
-- answers alone (int_self_reflection_answers); a row on which nothing is shown says that it is suppressed.
{% set exact = 'cast(own_level as decimal(18, 12))' %}
with answers as (
    select *
    from {{ ref('int_self_reflection_answers') }}
),

placed as (
    {{ under_scopes_and_codes('answers') }}
),

-- a respondent's own level on a code is the mean of the elements that he or she answered
respondents as (
    select
        scope_level,
        scope_id,
        code_level,
        code,
        school_year,
        lea_id,
        respondent_no,
        count(*) as n_ratings,
        sum(level) as sum_levels,
        {{ rate('sum(level)', 'count(*)') }} as own_level
    from placed
    where is_shown
    group by scope_level, scope_id, code_level, code, school_year, lea_id, respondent_no
),

figures as (
    select
        scope_level,
        scope_id,
        code_level,
        code,
        school_year,
        count(*) as n_respondents,
        sum(n_ratings) as n_ratings,
        sum(sum_levels) as sum_levels,
        min(own_level) as min_level,
        max(own_level) as max_level,
        -- from exact sums: an engine's own deviation depends on the order in which its threads add
        cast(count(*) as double) * cast(sum({{ exact }} * {{ exact }}) as double)
        - cast(sum({{ exact }}) as double) * cast(sum({{ exact }}) as double) as squared_spread
    from respondents
    group by scope_level, scope_id, code_level, code, school_year
),

extents as (
    select
        scope_level,
        scope_id,
        code_level,
        code,
        school_year,
        count(distinct lea_id) as n_leas,
        count(distinct case when is_shown then lea_id end) as n_leas_shown,
        count(distinct element_code) as n_elements,
        count(distinct case when is_shown then element_code end) as n_elements_shown
    from placed
    group by scope_level, scope_id, code_level, code, school_year
),

-- a change is of the same elements of the same LEAs in both years, else it would be one of who answered
cells as (
    select
        lea_id,
        region,
        school_year,
        element_code,
        practice_code,
        domain_code,
        count(*) as n_ratings,
        sum(level) as sum_levels
    from answers
    where is_shown
    group by lea_id, region, school_year, element_code, practice_code, domain_code
),

compared_cells as (
    select
        cells.lea_id,
        cells.region,
        cells.school_year,
        cells.element_code,
        cells.practice_code,
        cells.domain_code,
        cells.n_ratings,
        cells.sum_levels,
        previous.n_ratings as n_previous,
        previous.sum_levels as sum_previous
    from cells
    inner join cells as previous
        on
            cells.lea_id = previous.lea_id
            and cells.element_code = previous.element_code
            and {{ start_of_school_year('cells.school_year') }}
            = {{ start_of_school_year('previous.school_year') }} + 1
),

placed_cells as (
    {{ under_scopes_and_codes('compared_cells') }}
),

compared as (
    select
        scope_level,
        scope_id,
        code_level,
        code,
        school_year,
        count(distinct lea_id) as n_leas_compared,
        count(distinct element_code) as n_elements_compared,
        sum(n_ratings) as n_ratings_compared,
        sum(sum_levels) as sum_levels_compared,
        sum(n_previous) as n_ratings_previous,
        sum(sum_previous) as sum_levels_previous
    from placed_cells
    group by scope_level, scope_id, code_level, code, school_year
),

practices as (
    select *
    from {{ ref('int_self_reflection_practices') }}
),

placed_practices as (
    {{ under_scopes_and_codes('practices', ['practice']) }}
),

planned as (
    select
        scope_level,
        scope_id,
        code_level,
        code,
        school_year,
        sum(n_strategies) as n_strategies,
        sum(budget) as budget,
        count(*) filter (where is_weak) as n_leas_weak,
        count(*) filter (where is_weak and n_strategies = 0) as n_leas_weak_without_strategy,
        count(*) filter (where is_strong) as n_leas_strong,
        count(*) filter (where is_strong and budget > 0) as n_leas_strong_with_spending
    from placed_practices
    group by scope_level, scope_id, code_level, code, school_year
)

select
    extents.scope_level,
    extents.scope_id,
    extents.code_level,
    extents.code,
    extents.school_year,
    figures.n_respondents is null as is_suppressed,
    extents.n_leas,
    extents.n_leas_shown,
    extents.n_elements,
    extents.n_elements_shown,
    figures.n_respondents,
    cast(figures.n_ratings as bigint) as n_ratings,
    cast(figures.sum_levels as bigint) as sum_levels,
    {{ rate('figures.sum_levels', 'figures.n_ratings') }} as mean_level,
    figures.min_level,
    figures.max_level,
    {{ rounded('sqrt(greatest(figures.squared_spread, 0)) / figures.n_respondents', 6) }} as sd_level,
    coalesce(compared.n_leas_compared, 0) as n_leas_compared,
    coalesce(compared.n_elements_compared, 0) as n_elements_compared,
    {{ rate('compared.sum_levels_compared', 'compared.n_ratings_compared') }} as compared_mean_level,
    {{ rate('compared.sum_levels_previous', 'compared.n_ratings_previous') }} as previous_mean_level,
    {{ rate('compared.sum_levels_compared', 'compared.n_ratings_compared') }}
    - {{ rate('compared.sum_levels_previous', 'compared.n_ratings_previous') }} as change_from_previous,
    cast(planned.n_strategies as bigint) as n_strategies,
    cast(planned.budget as decimal(18, 2)) as budget,
    planned.n_leas_weak,
    planned.n_leas_weak_without_strategy,
    planned.n_leas_strong,
    planned.n_leas_strong_with_spending
from extents
left join figures
    on
        extents.scope_level = figures.scope_level
        and extents.scope_id = figures.scope_id
        and extents.code_level = figures.code_level
        and extents.code = figures.code
        and extents.school_year = figures.school_year
left join compared
    on
        extents.scope_level = compared.scope_level
        and extents.scope_id = compared.scope_id
        and extents.code_level = compared.code_level
        and extents.code = compared.code
        and extents.school_year = compared.school_year
left join planned
    on
        extents.scope_level = planned.scope_level
        and extents.scope_id = planned.scope_id
        and extents.code_level = planned.code_level
        and extents.code = planned.code
        and extents.school_year = planned.school_year
