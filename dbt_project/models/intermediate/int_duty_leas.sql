-- LEAs with a significant number of identified schools, in spans of school years. A school of
-- additional targeted support is one of targeted support.
with years as (
    select
        school_year,
        {{ start_of_school_year('school_year') }} as start_year,
        min(period_start) as year_start,
        max(period_end) as year_end
    from {{ ref('dim_period') }}
    group by school_year
),

newest as (
    select max(start_year) as start_year
    from years
),

counted as (
    select
        school.lea_id,
        years.school_year,
        years.start_year,
        years.year_start,
        years.year_end,
        count(distinct case when school.category = 'CSI' then school.org_id end) as n_csi,
        count(distinct case when school.category <> 'CSI' then school.org_id end) as n_tsi
    from {{ ref('int_duty_schools') }} as school
    inner join years
        on
            school.owed_from <= years.year_end
            and coalesce(school.owed_until, date '9999-12-31') > years.year_start
    where school.lea_id is not null
    group by school.lea_id, years.school_year, years.start_year, years.year_start, years.year_end
),

settings as (
    select
        school_year,
        max(number_value) filter (where parameter = 'significant_csi_schools') as many_csi,
        max(number_value) filter (where parameter = 'significant_tsi_schools') as many_tsi
    from {{ ref('int_policy_years') }}
    where parameter in ('significant_csi_schools', 'significant_tsi_schools')
    group by school_year
),

judged as (
    select
        counted.*,
        counted.n_csi >= settings.many_csi as is_many_csi,
        counted.n_tsi >= settings.many_tsi as is_many_tsi
    from counted
    inner join settings on counted.school_year = settings.school_year
),

significant as (
    select *, 'lea_csi_and_tsi' as category
    from judged
    where is_many_csi and is_many_tsi
    union all
    select *, 'lea_csi_or_tsi' as category
    from judged
    where is_many_csi or is_many_tsi
),

islands as (
    select
        *,
        start_year - row_number() over (partition by lea_id, category order by start_year) as island
    from significant
)

select
    islands.lea_id,
    islands.category,
    min(islands.year_start) as owed_from,
    case
        when max(islands.start_year) < max(newest.start_year) then cast(max(islands.year_end) + 1 as date)
    end as owed_until,
    max_by(islands.n_csi, islands.start_year) as n_csi_schools,
    max_by(islands.n_tsi, islands.start_year) as n_tsi_schools
from islands
cross join newest
group by islands.lea_id, islands.category, islands.island
