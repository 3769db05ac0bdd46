-- What each LEA with a designated school, or with a promise, gets in a fiscal year: the sum of its schools
-- and its own part.
with schools as (
    select
        fiscal_year,
        lea_id,
        count(*) filter (where category is not null) as n_identified,
        count(*) filter (where is_eligible) as n_eligible,
        count(*) filter (where award > 0) as n_paid,
        sum(award) as to_schools,
        sum(new_award) as new_award,
        sum(promised) as promised,
        sum(direct_services) as direct_services,
        sum(retained_by_lea) as retained,
        {{ joined_codes("recipient_id") }} as recipient_ids,
        min_by(standing, standing_rank) as standing
    from (
        select
            school.*,
            why.rank as standing_rank
        from {{ ref('fct_1003_award_school') }} as school
        left join {{ ref('award_standings') }} as why on school.standing = why.standing
    ) as ranked
    group by fiscal_year, lea_id
),

own_parts as (
    select
        fiscal_year,
        org_id as lea_id,
        award_cents
    from {{ ref('int_1003_new_awards') }}
    where claimant = 'lea'
),

own_promises as (
    select
        promised.fiscal_year,
        promised.lea_id,
        promised.paid_cents,
        promised.direct_cents,
        promised.recipient_id
    from {{ ref('int_1003_promised') }} as promised
    inner join {{ ref('int_1003_pools') }} as pool on promised.fiscal_year = pool.fiscal_year
    where promised.org_id = promised.lea_id
),

rows_of as (
    select
        fiscal_year,
        lea_id
    from schools
    union
    select
        fiscal_year,
        lea_id
    from own_promises
    union
    select
        fiscal_year,
        lea_id
    from own_parts
),

joined as (
    select
        rows_of.fiscal_year,
        rows_of.lea_id,
        pool.school_year,
        pool.version,
        pool.method,
        coalesce(schools.n_identified, 0) as n_identified,
        coalesce(schools.n_eligible, 0) as n_eligible,
        coalesce(schools.n_paid, 0) as n_paid,
        coalesce(schools.recipient_ids, own_promises.recipient_id) as recipient_ids,
        case
            when coalesce(schools.new_award, 0) > 0 or coalesce(own_parts.award_cents, 0) > 0 then 'paid'
            when coalesce(schools.promised, 0) > 0 or coalesce(own_promises.paid_cents, 0) > 0
                then 'committed'
            else coalesce(schools.standing, 'committed')
        end as standing,
        {{ to_cents('coalesce(schools.to_schools, 0)') }} as school_cents,
        coalesce(own_parts.award_cents, 0) as part_cents,
        coalesce(own_promises.paid_cents, 0) as own_promise_cents,
        {{ to_cents('coalesce(schools.new_award, 0)') }} as school_new_cents,
        {{ to_cents('coalesce(schools.direct_services, 0)') }} + coalesce(own_promises.direct_cents, 0)
            as direct_cents,
        {{ to_cents('coalesce(schools.retained, 0)') }} as retained_cents,
        score.points,
        score.score_rank,
        coalesce(score.is_scored, false) as is_scored
    from rows_of
    inner join {{ ref('int_1003_pools') }} as pool on rows_of.fiscal_year = pool.fiscal_year
    left join schools on rows_of.fiscal_year = schools.fiscal_year and rows_of.lea_id = schools.lea_id
    left join own_parts on rows_of.fiscal_year = own_parts.fiscal_year and rows_of.lea_id = own_parts.lea_id
    left join own_promises
        on rows_of.fiscal_year = own_promises.fiscal_year and rows_of.lea_id = own_promises.lea_id
    left join {{ ref('int_1003_lea_scores') }} as score
        on rows_of.fiscal_year = score.fiscal_year and rows_of.lea_id = score.lea_id
)

select
    joined.fiscal_year,
    joined.school_year,
    joined.version,
    joined.lea_id,
    organization.org_name as lea_name,
    joined.method,
    joined.recipient_ids,
    joined.n_identified,
    joined.n_eligible,
    joined.n_paid,
    joined.points,
    case when joined.is_scored then joined.score_rank end as score_rank,
    joined.standing,
    why.sentence as reason,
    {{ from_cents('joined.school_cents + joined.part_cents + joined.own_promise_cents') }} as award,
    {{ from_cents('joined.school_cents') }} as to_schools,
    {{ from_cents('joined.part_cents + joined.own_promise_cents') }} as own_part,
    {{ from_cents('joined.school_new_cents + joined.part_cents') }} as new_award,
    {{ from_cents('joined.school_cents - joined.school_new_cents + joined.own_promise_cents') }} as promised,
    {{ from_cents('joined.direct_cents') }} as direct_services,
    {{ from_cents('joined.retained_cents') }} as retained
from joined
left join {{ ref('dim_organization') }} as organization on joined.lea_id = organization.org_id
left join {{ ref('award_standings') }} as why on joined.standing = why.standing
