-- The cut of the lowest performing in each year of identification and grade span: the index of the last
-- school that is needed to make at least the per cent of Title I schools. All at that index are in.
with bases as (
    select
        school.school_year,
        school.rank_span,
        count(*) as n_title1,
        count(*) filter (where school.not_judged_as is null and rated.org_id is not null) as n_rated
    from {{ ref('int_identification_schools') }} as school
    left join {{ ref('int_index_values') }} as rated
        on
            school.org_id = rated.org_id and school.school_year = rated.school_year
            and rated.subgroup = 'ALL'
    where school.is_title1 and not school.is_closed
    group by school.school_year, school.rank_span
),

wanted as (
    select
        bases.*,
        years.csi_lowest_percent_units,
        -- rounded up to whole schools, in whole numbers
        {{ share_floor(
            "years.csi_lowest_percent_units"
            " * case when years.csi_base = 'rated_title1' then bases.n_rated else bases.n_title1 end + 999999",
            '1', '1000000'
        ) }} as n_wanted
    from bases
    inner join {{ ref('int_identification_years') }} as years on bases.school_year = years.school_year
    where years.is_csi_year and bases.n_rated > 0
),

ranked as (
    select
        school.school_year,
        school.rank_span,
        rated.index_units,
        row_number() over (
            partition by school.school_year, school.rank_span order by rated.index_units nulls last
        ) as place
    from {{ ref('int_identification_schools') }} as school
    inner join {{ ref('int_index_values') }} as rated
        on school.org_id = rated.org_id and school.school_year = rated.school_year
    where rated.subgroup = 'ALL' and school.is_title1 and school.not_judged_as is null
)

select
    wanted.school_year,
    wanted.rank_span,
    wanted.n_title1,
    wanted.n_rated,
    wanted.n_wanted,
    max(case when ranked.place <= wanted.n_wanted then ranked.index_units end) as cut_units
from wanted
inner join ranked on wanted.school_year = ranked.school_year and wanted.rank_span = ranked.rank_span
group by wanted.school_year, wanted.rank_span, wanted.n_title1, wanted.n_rated, wanted.n_wanted
