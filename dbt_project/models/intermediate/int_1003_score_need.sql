-- What the score's concentration and need look at, by LEA with an identified open school: each component as a
-- sum and what it is divided by. A school of which a figure is not known counts in neither.
with schools as (
    select
        school.fiscal_year,
        school.lea_id,
        school.org_id,
        school.category,
        listed.years_in_status
    from {{ ref('int_1003_schools') }} as school
    inner join {{ ref('int_1003_designated') }} as listed
        on school.fiscal_year = listed.fiscal_year and school.org_id = listed.org_id
    where listed.status = 'open'
),

facts as (
    select
        fiscal_year,
        org_id,
        max(case when fact = 'n_schools' then number_value end) as n_schools,
        max(case when fact = 'depth_below_cut' then number_value end) as depth_below_cut,
        max(case when fact = 'poverty_percent' then number_value end) as poverty_percent,
        max(case when fact = 'graduation_rate' then number_value end) as graduation_rate
    from {{ ref('int_1003_facts') }}
    group by fiscal_year, org_id
),

leas as (
    select
        schools.fiscal_year,
        schools.lea_id,
        count(*) as n_identified,
        count(*) filter (where schools.category = 'CSI') as n_csi,
        sum(schools.years_in_status) as years,
        sum(fact.depth_below_cut) as depth_sum,
        count(fact.depth_below_cut) as n_depth,
        sum(fact.poverty_percent) as poverty,
        count(fact.poverty_percent) as n_poverty,
        sum(100 - fact.graduation_rate) as not_graduated,
        count(fact.graduation_rate) as n_graduation
    from schools
    left join facts as fact on schools.fiscal_year = fact.fiscal_year and schools.org_id = fact.org_id
    group by schools.fiscal_year, schools.lea_id
),

placed as (
    select
        leas.*,
        -- what a state says of an LEA's schools may be of another day
        greatest(coalesce(fact.n_schools, 0), leas.n_identified) as n_schools
    from leas
    left join facts as fact on leas.fiscal_year = fact.fiscal_year and leas.lea_id = fact.org_id
)

{% for component, numerator, denominator in [
    ('concentration', 'n_identified', 'n_schools'),
    ('need_years', 'years', 'n_identified'),
    ('need_csi_share', 'n_csi', 'n_identified'),
    ('need_depth', 'depth_sum', 'n_depth'),
    ('need_poverty', 'poverty', 'n_poverty'),
    ('need_graduation', 'not_graduated', 'n_graduation'),
] %}
    select
        fiscal_year,
        lea_id,
        '{{ component }}' as component,
        cast(coalesce({{ numerator }}, 0) as decimal(18, 4)) as numerator,
        cast({{ denominator }} as decimal(18, 4)) as denominator
    from placed
    {{ 'union all' if not loop.last }}
{% endfor %}
