-- What a state may be asked of its §1003 money in the CSPR, where no EDFacts file says it: the
-- reservation, what of it went where, and how many it served.
with schools as (
    select
        fiscal_year,
        sum(award) as to_schools,
        sum(direct_services) as direct_services,
        sum(retained_by_lea) as retained_by_leas,
        count(*) filter (where award > 0) as n_schools,
        count(*) filter (where award > 0 and category = 'CSI') as n_csi,
        count(*) filter (where award > 0 and category = 'ATSI') as n_atsi,
        count(*) filter (where award > 0 and category = 'TSI') as n_tsi,
        count(*) filter (where award > 0 and category is null) as n_without_designation
    from {{ ref('fct_1003_award_school') }}
    group by fiscal_year
),

leas as (
    select
        fiscal_year,
        sum(own_part) as to_leas_themselves,
        count(*) filter (where award > 0) as n_leas
    from {{ ref('fct_1003_award') }}
    group by fiscal_year
),

reservation as (
    select
        fiscal_year,
        title1_total
    from {{ ref('fct_1003_reservation') }}
    where is_standing
)

select
    year_of.fiscal_year,
    year_of.school_year,
    reservation.title1_total,
    year_of.reserved,
    {{ rate('100 * year_of.reserved', 'reservation.title1_total') }} as reserved_percent,
    year_of.lea_pool,
    year_of.state_share,
    year_of.awarded,
    cast(coalesce(schools.to_schools, 0) as decimal(18, 2)) as to_schools,
    cast(coalesce(leas.to_leas_themselves, 0) as decimal(18, 2)) as to_leas_themselves,
    cast(coalesce(schools.direct_services, 0) as decimal(18, 2)) as direct_services,
    cast(coalesce(schools.retained_by_leas, 0) as decimal(18, 2)) as retained_by_leas,
    year_of.unallocated,
    coalesce(leas.n_leas, 0) as n_leas,
    coalesce(schools.n_schools, 0) as n_schools,
    coalesce(schools.n_csi, 0) as n_csi,
    coalesce(schools.n_atsi, 0) as n_atsi,
    coalesce(schools.n_tsi, 0) as n_tsi,
    coalesce(schools.n_without_designation, 0) as n_without_designation
from {{ ref('fct_1003_award_year') }} as year_of
left join reservation on year_of.fiscal_year = reservation.fiscal_year
left join schools on year_of.fiscal_year = schools.fiscal_year
left join leas on year_of.fiscal_year = leas.fiscal_year
