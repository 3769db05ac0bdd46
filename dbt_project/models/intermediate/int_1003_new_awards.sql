-- What every school with a designation, and every LEA with a part of its own, gets of the year's new
-- money, and how it stands if it gets nothing.
select
    claim.fiscal_year,
    claim.lea_id,
    claim.org_id,
    claim.claimant,
    claim.category,
    case
        when claim.standing <> 'claims' then claim.standing
        when coalesce(filled.award_cents, cut.award_cents, 0) > 0 then 'paid'
        when ruling.fill = 'priority_cut' and cut.is_below_minimum then 'below_minimum'
        when ruling.fill = 'priority_cut' then 'list_ended'
        when filled.org_id is null then 'dropped'
        else 'no_cent'
    end as standing,
    claim.requested_cents,
    claim.years,
    claim.is_planning_year,
    claim.level_millionths,
    claim.place,
    claim.priority,
    claim.gross_cents,
    claim.fixed_cents,
    claim.weight_units,
    claim.low_cents,
    claim.high_cents,
    claim.are_counts_known,
    coalesce(filled.is_ratable, false) as is_ratable,
    coalesce(filled.is_at_high, false) as is_at_high,
    coalesce(filled.is_at_high or filled.is_at_low, false) as is_at_an_end,
    coalesce(filled.cap_basis, cut.cap_basis) as cap_basis,
    filled.rest_cents,
    filled.open_slope,
    filled.slope,
    -- after the level or the request, after the ends, and what came of it
    coalesce(filled.level_cents, claim.fixed_cents) as level_cents,
    case
        when cut.org_id is not null then cut.within_cents
        when filled.org_id is not null then filled.award_cents - filled.extra_cent
        else claim.fixed_cents
    end as ended_cents,
    coalesce(filled.extra_cent, 0) as extra_cent,
    case when claim.standing = 'claims' then coalesce(filled.award_cents, cut.award_cents, 0) else 0 end
        as award_cents
from {{ ref('int_1003_claims') }} as claim
inner join {{ ref('int_1003_methods') }} as ruling on claim.fiscal_year = ruling.fiscal_year
inner join {{ ref('int_1003_pools') }} as pool on claim.fiscal_year = pool.fiscal_year
left join {{ ref('int_1003_fill') }} as filled
    on claim.fiscal_year = filled.fiscal_year and claim.org_id = filled.org_id
left join {{ ref('int_1003_cut') }} as cut
    on claim.fiscal_year = cut.fiscal_year and claim.org_id = cut.org_id
