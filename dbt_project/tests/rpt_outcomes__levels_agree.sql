-- What: a code, kind of measure and year whose organizations, LEAs, regions and state do not add up alike.
-- Why: a school without an LEA or region would silently vanish from a level.
-- Fix: find the organization whose lea_id is not in dim_organization.
select
    code_level,
    code,
    measure_kind,
    school_year,
    min(n_figures) as lowest_sum,
    max(n_figures) as highest_sum
from (
    select scope_level, code_level, code, measure_kind, school_year, sum(n_figures) as n_figures
    from {{ ref('rpt_outcomes') }}
    group by scope_level, code_level, code, measure_kind, school_year
) as level_sums
group by code_level, code, measure_kind, school_year
having min(n_figures) <> max(n_figures) or count(*) <> 4
