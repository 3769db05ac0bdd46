-- The baseline, the year's target and the result of a measure laid side by side, part by part.
with figures as (
    select
        measure.org_id,
        measure.school_year,
        measure.parent_code,
        measure.measure_no,
        case written.figure when 'baseline' then 'baseline' else 'target' end as used_as,
        written.part,
        written.kind,
        written.value_low,
        written.value_high,
        written.comparator,
        written.starts_from,
        written.is_percent,
        written.is_ambiguous
    from {{ ref('int_measure_years') }} as measure
    inner join {{ ref('stg_intake__measure_values') }} as written
        on
            measure.plan_submission_id = written.submission_id
            and measure.org_id = written.org_id
            and measure.parent_code = written.parent_code
            and measure.measure_no = written.measure_no
            and (
                written.figure = 'baseline'
                or written.figure = 'target_y' || cast(measure.year_no as string)
            )
    union all
    select
        measure.org_id,
        measure.school_year,
        measure.parent_code,
        measure.measure_no,
        'actual' as used_as,
        written.part,
        written.kind,
        -- only a result sent without its measure was read without knowing that it is a percent
        case
            when
                measure.unit = 'percent'
                and not written.is_percent
                and written.value_low > 0
                and written.value_low < 1
                then cast(written.value_low * 100 as decimal(24, 8))
            else written.value_low
        end as value_low,
        written.value_high,
        written.comparator,
        written.starts_from,
        written.is_percent or measure.unit = 'percent' as is_percent,
        written.is_ambiguous
    from {{ ref('int_measure_years') }} as measure
    inner join {{ ref('stg_intake__measure_values') }} as written
        on
            measure.result_submission_id = written.submission_id
            and measure.org_id = written.org_id
            and measure.parent_code = written.parent_code
            and measure.measure_no = written.measure_no
            and measure.school_year = written.school_year
            and written.figure = 'actual'
),

parts as (
    select distinct org_id, school_year, parent_code, measure_no, part
    from figures
    where value_low is not null or part <> 'all'
),

measures as (
    select
        measure.org_id,
        measure.school_year,
        measure.parent_code,
        measure.measure_no,
        coalesce(parts.part, 'all') as part
    from {{ ref('int_measure_years') }} as measure
    left join parts
        on
            measure.org_id = parts.org_id
            and measure.school_year = parts.school_year
            and measure.parent_code = parts.parent_code
            and measure.measure_no = parts.measure_no
)

-- a text that gives no figure at all stands in the part all, and says so of every part
{% set here = "figure.part = measures.part or (figure.part = 'all' and figure.value_low is null)" %}
select
    measures.org_id,
    measures.school_year,
    measures.parent_code,
    measures.measure_no,
    measures.part,
    {% for role in ['baseline', 'target', 'actual'] %}
        max(figure.kind)
        filter (where figure.used_as = '{{ role }}' and ({{ here }})) as {{ role }}_kind,
        max(figure.value_low)
        filter (where figure.used_as = '{{ role }}' and ({{ here }})) as {{ role }}_low,
        max(figure.value_high)
        filter (where figure.used_as = '{{ role }}' and ({{ here }})) as {{ role }}_high,
        coalesce(
            max(case when figure.is_percent then 1 else 0 end)
            filter (where figure.used_as = '{{ role }}' and ({{ here }})), 0
        ) = 1 as {{ role }}_is_percent,
        count(*) filter (where figure.used_as = '{{ role }}' and figure.value_low is not null)
            as n_{{ role }}_parts,
    {% endfor %}
    max(figure.comparator) filter (where figure.used_as = 'target' and ({{ here }})) as target_comparator,
    max(figure.starts_from) filter (where figure.used_as = 'target' and ({{ here }})) as target_starts_from,
    coalesce(
        max(case when figure.is_ambiguous then 1 else 0 end)
        filter (where figure.used_as = 'target' and ({{ here }})), 0
    ) = 1 as is_target_ambiguous
from measures
left join figures as figure
    on
        measures.org_id = figure.org_id
        and measures.school_year = figure.school_year
        and measures.parent_code = figure.parent_code
        and measures.measure_no = figure.measure_no
group by
    measures.org_id, measures.school_year, measures.parent_code, measures.measure_no, measures.part
