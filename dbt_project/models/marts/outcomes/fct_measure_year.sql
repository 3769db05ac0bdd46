-- A measure's year: baseline, the year's target and the result, and what they come to. Everything is signed
-- so that better is positive, and nothing is told of a result on too few students or that is withheld.
with practices as (
    select
        org_id,
        school_year,
        parent_code,
        measure_no,
        {{ joined_codes('code') }} as practice_codes
    from {{ ref('int_measure_codes') }}
    where code_level = 'practice'
    group by org_id, school_year, parent_code, measure_no
),

sides as (
    select
        measure.*,
        figure.part,
        figure.baseline_kind,
        figure.target_kind,
        figure.actual_kind,
        figure.baseline_low as baseline,
        figure.target_low,
        figure.target_high,
        figure.actual_low as written_actual,
        figure.target_comparator,
        figure.target_starts_from,
        figure.is_target_ambiguous,
        figure.n_baseline_parts,
        figure.n_target_parts,
        figure.n_actual_parts,
        figure.baseline_is_percent,
        figure.target_is_percent,
        figure.actual_is_percent,
        coalesce(
            measure.direction,
            case
                when figure.target_low > figure.baseline_low then 'higher'
                when figure.target_high < figure.baseline_low then 'lower'
            end
        ) as better,
        -- a year without a min_n lets no number of students pass
        coalesce(figure.actual_kind = 'suppressed', false)
        or coalesce(measure.n_students < coalesce(min_n.number_value, measure.n_students + 1), false)
            as is_suppressed
    from {{ ref('int_measure_years') }} as measure
    inner join {{ ref('int_measure_figures') }} as figure
        on
            measure.org_id = figure.org_id
            and measure.school_year = figure.school_year
            and measure.parent_code = figure.parent_code
            and measure.measure_no = figure.measure_no
    left join {{ ref('int_policy_years') }} as min_n
        on measure.school_year = min_n.school_year and min_n.parameter = 'min_n'
),

compared as (
    select
        *,
        -- the end of a span that is reached first
        -- the linter holds the field's word for a keyword
        case better when 'lower' then target_high else target_low end as target,
        case better when 'lower' then -1 when 'higher' then 1 end as better_sign,
        case when not is_suppressed then written_actual end as actual,
        coalesce(
            (better = 'lower' and target_comparator in ('at_least', 'more_than'))
            or (better = 'higher' and target_comparator in ('at_most', 'less_than')),
            false
        ) as is_against,
        coalesce(unit <> 'percent', true) and (
            coalesce(target_low is not null and written_actual is not null, false)
            and target_is_percent <> actual_is_percent
            or coalesce(target_low is not null and baseline is not null, false)
            and target_is_percent <> baseline_is_percent
        ) as is_target_mixed,
        -- growth asks nothing of the target
        coalesce(unit <> 'percent', true)
        and coalesce(baseline is not null and written_actual is not null, false)
        and baseline_is_percent <> actual_is_percent as is_growth_mixed
    from sides
),

judged as (
    select
        *,
        case
            when is_against or is_target_mixed then null
            when target_comparator in ('more_than', 'less_than') then better_sign * (actual - target) > 0
            else better_sign * (actual - target) >= 0
        end as is_met,
        case
            when not is_growth_mixed then cast(better_sign * (actual - baseline) as decimal(24, 8))
        end as growth,
        case
            when better_sign * (target - baseline) > 0 and not is_against and not is_target_mixed
                then {{ exact_ratio('actual - baseline', 'target - baseline') }}
        end as progress
    from compared
)

select
    judged.org_id,
    judged.lea_id,
    judged.school_year,
    judged.parent_code,
    judged.measure_no,
    judged.part,
    judged.measure_kind,
    coalesce(worded.indicator_family, 'other') as indicator_family,
    judged.indicator,
    judged.data_source,
    judged.unit,
    judged.better as direction,
    judged.direction is null and judged.better is not null as is_direction_inferred,
    practices.practice_codes,
    judged.baseline_year,
    cast(judged.year_no as bigint) as year_no,
    judged.baseline,
    judged.target,
    judged.target_comparator,
    judged.target_starts_from,
    judged.is_target_ambiguous,
    judged.result_submission_id is not null as is_reported,
    judged.is_suppressed,
    case when not judged.is_suppressed then judged.n_students end as n_students,
    judged.actual,
    judged.growth,
    judged.progress,
    judged.is_met,
    nullif(
        concat_ws(
            ',',
            case when judged.plan_year is null then 'not_in_plan' end,
            case
                when judged.plan_year is not null and judged.baseline_year is null then 'no_baseline_year'
            end,
            case when judged.year_no not between 1 and 3 then 'year_without_target' end,
            case
                when judged.plan_year is null or judged.baseline is not null then null
                when judged.baseline_kind = 'suppressed' then 'baseline_withheld'
                when judged.baseline_kind not in ('none') then 'baseline_not_understood'
                when judged.n_baseline_parts = 0 then 'no_baseline'
            end,
            case
                when
                    judged.target_low is not null
                    or judged.year_no is null
                    or judged.year_no not between 1 and 3
                    then null
                when judged.target_kind in ('points', 'relative', 'maintain') then 'target_not_resolved'
                when judged.target_kind not in ('none') then 'target_not_understood'
                when judged.n_target_parts = 0 then 'no_target'
            end,
            case
                when judged.is_suppressed then 'suppressed'
                when judged.written_actual is not null then null
                when judged.actual_kind not in ('none') then 'result_not_understood'
                when judged.n_actual_parts = 0 then 'no_result'
            end,
            case
                when
                    (
                        judged.baseline is null
                        and judged.baseline_kind is null
                        and judged.n_baseline_parts > 0
                    )
                    or (
                        judged.target_low is null
                        and judged.target_kind is null
                        and judged.n_target_parts > 0
                    )
                    or (
                        judged.written_actual is null
                        and judged.actual_kind is null
                        and judged.n_actual_parts > 0
                    )
                    then 'parts_differ'
            end,
            case when judged.target_low is not null and judged.better is null then 'no_direction' end,
            case when judged.is_target_mixed or judged.is_growth_mixed then 'units_differ' end,
            case when judged.is_against then 'target_against_direction' end,
            case when judged.target = judged.baseline then 'target_equals_baseline' end,
            case
                when judged.better_sign * (judged.target - judged.baseline) < 0
                    then 'target_worse_than_baseline'
            end
        ),
        ''
    ) as reasons,
    judged.plan_year,
    judged.plan_submission_id,
    judged.plan_source_sheet,
    judged.plan_source_row,
    judged.result_period,
    judged.result_submission_id,
    judged.result_source_sheet,
    judged.result_source_row
from judged
left join practices
    on
        judged.org_id = practices.org_id
        and judged.school_year = practices.school_year
        and judged.parent_code = practices.parent_code
        and judged.measure_no = practices.measure_no
left join {{ ref('int_indicator_families') }} as worded on judged.indicator = worded.indicator
