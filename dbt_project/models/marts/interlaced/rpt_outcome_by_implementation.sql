-- The progress that goes with each band of implementation: quartiles over organizations, with an interval of
-- the median by order statistics. It says what stands beside what, not what follows from what.
with organizations as (
    select
        interlaced.school_year,
        interlaced.code_level,
        interlaced.code,
        interlaced.median_progress,
        bands.band,
        bands.band_no
    from {{ ref('rpt_interlaced') }} as interlaced
    inner join {{ ref('implementation_bands') }} as bands
        on
            interlaced.on_time_rate >= bands.from_rate
            and (bands.below_rate is null or interlaced.on_time_rate < bands.below_rate)
    where interlaced.median_progress is not null
),

ordered as (
    select
        *,
        row_number() over (
            partition by school_year, code_level, code, band order by median_progress
        ) as place,
        count(*) over (partition by school_year, code_level, code, band) as n
    from organizations
),

spread as (
    select
        code_level,
        code,
        school_year,
        band,
        band_no,
        n as n_organizations,
        {{ quantile('median_progress', 0.5) }} as median_progress,
        {{ quantile('median_progress', 0.25) }} as lower_quartile,
        {{ quantile('median_progress', 0.75) }} as upper_quartile,
        max(median_progress) filter (where place = {{ median_rank('n') }}) as median_low,
        max(median_progress) filter (where place = n + 1 - {{ median_rank('n') }}) as median_high
    from ordered
    group by code_level, code, school_year, band, band_no, n
),

allowed as (
    select
        spread.*,
        coalesce(spread.n_organizations < fewest.number_value, true) as is_suppressed
    from spread
    left join {{ ref('int_policy_years') }} as fewest
        on spread.school_year = fewest.school_year and fewest.parameter = 'min_organizations'
)

select
    code_level,
    code,
    school_year,
    band,
    cast(band_no as bigint) as band_no,
    n_organizations,
    is_suppressed,
    case when not is_suppressed then median_progress end as median_progress,
    case when not is_suppressed then lower_quartile end as lower_quartile,
    case when not is_suppressed then upper_quartile end as upper_quartile,
    case when not is_suppressed then median_low end as median_low,
    case when not is_suppressed then median_high end as median_high
from allowed
