-- Each measure in each school year: as the year's plan states it, with the last result reported for the year.
-- A result for a year of which no plan is known stands beside the plan of the year in which it was reported.
with results as (
    select
        result.*,
        periods.school_year as reported_in_year,
        row_number() over (
            partition by result.org_id, result.school_year, result.parent_code, result.measure_no
            order by result.period desc
        ) as recency
    from {{ ref('int_standing__measure_results') }} as result
    inner join {{ ref('dim_period') }} as periods on result.period = periods.period
),

latest as (
    select *
    from results
    where recency = 1
),

measures as (
    select org_id, school_year, parent_code, measure_no
    from {{ ref('int_plan__measures') }}
    union distinct
    select org_id, school_year, parent_code, measure_no
    from latest
),

placed as (
    select
        measures.*,
        case
            when own.org_id is not null then measures.school_year
            when later.org_id is not null then latest.reported_in_year
        end as plan_year,
        latest.lea_id as result_lea_id,
        latest.period as result_period,
        latest.n_students,
        latest.submission_id as result_submission_id,
        latest.source_sheet as result_source_sheet,
        latest.source_row as result_source_row
    from measures
    left join latest
        on
            measures.org_id = latest.org_id
            and measures.school_year = latest.school_year
            and measures.parent_code = latest.parent_code
            and measures.measure_no = latest.measure_no
    left join {{ ref('int_plan__measures') }} as own
        on
            measures.org_id = own.org_id
            and measures.school_year = own.school_year
            and measures.parent_code = own.parent_code
            and measures.measure_no = own.measure_no
    left join {{ ref('int_plan__measures') }} as later
        on
            latest.org_id = later.org_id
            and latest.reported_in_year = later.school_year
            and latest.parent_code = later.parent_code
            and latest.measure_no = later.measure_no
)

select
    placed.org_id,
    coalesce(placed.result_lea_id, plan.lea_id) as lea_id,
    placed.school_year,
    placed.parent_code,
    placed.measure_no,
    case when placed.parent_code like 'G%' then 'goal' else 'strategy' end as measure_kind,
    placed.plan_year,
    plan.indicator,
    plan.data_source,
    plan.unit,
    plan.direction,
    plan.baseline_year,
    {{ start_of_school_year('placed.school_year') }}
    - {{ start_of_school_year('plan.baseline_year') }} as year_no,
    plan.submission_id as plan_submission_id,
    plan.source_sheet as plan_source_sheet,
    plan.source_row as plan_source_row,
    placed.result_period,
    placed.n_students,
    placed.result_submission_id,
    placed.result_source_sheet,
    placed.result_source_row
from placed
left join {{ ref('int_plan__measures') }} as plan
    on
        placed.org_id = plan.org_id
        and placed.plan_year = plan.school_year
        and placed.parent_code = plan.parent_code
        and placed.measure_no = plan.measure_no
