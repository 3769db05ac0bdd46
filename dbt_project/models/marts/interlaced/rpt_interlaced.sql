-- Implementation beside outcomes of the same organization and code in the same year, with the quadrant that
-- the policy's two thresholds give. Where a side has no figure there is no quadrant, and the reason.
with thresholds as (
    select
        school_year,
        max(number_value) filter (where parameter = 'implementation_high') as implementation_high,
        max(number_value) filter (where parameter = 'outcome_high') as outcome_high
    from {{ ref('int_policy_years') }}
    group by school_year
),

judged as (
    select
        sides.*,
        thresholds.implementation_high,
        thresholds.outcome_high,
        sides.on_time_rate >= thresholds.implementation_high as is_implementation_high,
        -- the mean of two doubles may lie a hair beside the threshold
        {{ rounded('sides.median_progress', 9) }} >= thresholds.outcome_high as is_outcome_high
    from {{ ref('int_interlaced') }} as sides
    left join thresholds on sides.school_year = thresholds.school_year
),

placed as (
    select
        judged.*,
        quadrants.quadrant
    from judged
    left join {{ ref('quadrants') }} as quadrants
        on
            judged.is_implementation_high = quadrants.is_implementation_high
            and judged.is_outcome_high = quadrants.is_outcome_high
)

select
    placed.org_id,
    placed.lea_id,
    placed.school_year,
    placed.code_level,
    placed.code,
    placed.as_of_period,
    placed.is_reported,
    placed.n_strategies,
    placed.n_planned,
    placed.n_not_reported,
    placed.n_completed,
    placed.n_due,
    placed.n_due_on_time,
    placed.n_behind,
    placed.on_time_rate,
    placed.behind_rate,
    placed.completed_rate,
    placed.n_measures,
    placed.n_figures,
    placed.n_reported,
    placed.n_suppressed,
    placed.n_readable,
    placed.n_met,
    placed.n_with_progress,
    placed.median_progress,
    placed.implementation_high,
    placed.outcome_high,
    placed.is_implementation_high,
    placed.is_outcome_high,
    placed.quadrant,
    nullif(
        concat_ws(
            ',',
            case
                when placed.on_time_rate is not null then null
                when not placed.is_in_plan then 'no_actions_coded'
                when not placed.is_reported then 'not_reported'
                else 'nothing_due'
            end,
            case
                when placed.median_progress is not null then null
                when placed.n_measures = 0 then 'no_measures'
                when placed.n_reported = 0 then 'no_results'
                when placed.n_suppressed = placed.n_reported then 'all_suppressed'
                else 'no_readable_progress'
            end
        ),
        ''
    ) as not_placed_because,
    year_before.on_time_rate as prior_on_time_rate,
    year_before.median_progress as prior_median_progress,
    year_before.quadrant as prior_quadrant
from placed
left join placed as year_before
    on
        placed.org_id = year_before.org_id
        and placed.code_level = year_before.code_level
        and placed.code = year_before.code
        and {{ start_of_school_year('placed.school_year') }}
        = {{ start_of_school_year('year_before.school_year') }} + 1
