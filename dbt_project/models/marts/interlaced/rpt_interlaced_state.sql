-- How many of the state's organizations stand in each quadrant, by code and designation, beside all of them.
-- A quadrant in which none stands is a row with zero, so that the four shares can be laid side by side.
with organizations as (
    select
        interlaced.school_year,
        interlaced.code_level,
        interlaced.code,
        interlaced.quadrant,
        coalesce(designation.category, 'none') as category
    from {{ ref('rpt_interlaced') }} as interlaced
    left join {{ ref('dim_designation') }} as designation
        on
            interlaced.org_id = designation.org_id
            and interlaced.school_year >= designation.valid_from_year
            -- one comparison, not "is null or": that would have every pair of rows compared
            and interlaced.school_year < coalesce(designation.valid_to_year, '9999')
),

counted as (
    select school_year, code_level, code, quadrant, category
    from organizations
    union all
    select school_year, code_level, code, quadrant, 'all' as category
    from organizations
),

totals as (
    select
        school_year,
        code_level,
        code,
        category,
        count(quadrant) as n_placed,
        count(*) - count(quadrant) as n_not_placed
    from counted
    group by school_year, code_level, code, category
),

quadrant_counts as (
    select school_year, code_level, code, category, quadrant, count(*) as n_organizations
    from counted
    where quadrant is not null
    group by school_year, code_level, code, category, quadrant
),

shares as (
    select
        totals.code_level,
        totals.code,
        totals.category,
        totals.school_year,
        quadrants.quadrant,
        coalesce(quadrant_counts.n_organizations, 0) as n_organizations,
        totals.n_placed,
        totals.n_not_placed
    from totals
    cross join {{ ref('quadrants') }} as quadrants
    left join quadrant_counts
        on
            totals.school_year = quadrant_counts.school_year
            and totals.code_level = quadrant_counts.code_level
            and totals.code = quadrant_counts.code
            and totals.category = quadrant_counts.category
            and quadrants.quadrant = quadrant_counts.quadrant
)

select
    code_level,
    code,
    category,
    school_year,
    quadrant,
    n_organizations,
    n_placed,
    n_not_placed,
    -- the linter holds the field's word for a keyword
    {{ rate('n_organizations', 'n_placed') }} as share,
    {{ wilson_bound('n_organizations', 'n_placed', -1) }} as share_low,
    {{ wilson_bound('n_organizations', 'n_placed', 1) }} as share_high
from shares
