-- A fiscal year's awards in one row: the money, the method, and what is not awarded.
with awarded as (
    select
        fiscal_year,
        count(*) as n_leas,
        count(*) filter (where award > 0) as n_leas_paid,
        sum(n_eligible) as n_eligible,
        sum(n_paid) as n_paid,
        {{ to_cents('sum(award)') }} as award_cents,
        {{ to_cents('sum(new_award)') }} as new_cents
    from {{ ref('fct_1003_award') }}
    group by fiscal_year
)

select
    pool.fiscal_year,
    pool.school_year,
    pool.version,
    pool.method,
    ruling.title as method_title,
    ruling.method_kind,
    ruling.citation as method_citation,
    ruling.is_confirmed as is_method_confirmed,
    {{ from_cents('pool.reserved_cents') }} as reserved,
    {{ from_cents('pool.state_share_cents') }} as state_share,
    {{ from_cents('pool.lea_pool_cents') }} as lea_pool,
    {{ from_cents('pool.appropriation_cents') }} as appropriation,
    {{ from_cents('pool.committed_cents') }} as promised,
    {{ from_cents('pool.new_cents') }} as new_money,
    {{ from_cents('coalesce(awarded.new_cents, 0)') }} as new_awards,
    {{ from_cents('coalesce(awarded.award_cents, 0)') }} as awarded,
    {{ from_cents('pool.lea_pool_cents - coalesce(awarded.award_cents, 0)') }} as unallocated,
    cast(coalesce(awarded.n_leas, 0) as bigint) as n_leas,
    cast(coalesce(awarded.n_leas_paid, 0) as bigint) as n_leas_paid,
    cast(coalesce(awarded.n_eligible, 0) as bigint) as n_schools_eligible,
    cast(coalesce(awarded.n_paid, 0) as bigint) as n_schools_paid
from {{ ref('int_1003_pools') }} as pool
left join {{ ref('int_1003_methods') }} as ruling on pool.fiscal_year = ruling.fiscal_year
left join awarded on pool.fiscal_year = awarded.fiscal_year
