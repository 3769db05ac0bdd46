-- What an LEA may itself draw of its award of a fiscal year, in whole cents: the award without the services
-- that the state provides in its place. Awards of a later fiscal year stand behind the earlier ones.
with awarded as (
    select
        award.fiscal_year,
        award.school_year,
        award.lea_id,
        award.recipient_ids,
        {{ to_cents('award.award') }} as award_cents,
        {{ to_cents('award.direct_services') }} as direct_cents,
        {{ to_cents('award.award - award.direct_services') }} as grant_cents,
        choice.available_from,
        choice.available_until,
        choice.first_year_until
    from {{ ref('fct_1003_award') }} as award
    inner join {{ ref('int_1003_use_settings') }} as choice on award.fiscal_year = choice.fiscal_year
    where award.award > 0
)

select
    fiscal_year,
    school_year,
    lea_id,
    recipient_ids,
    award_cents,
    direct_cents,
    grant_cents,
    available_from,
    available_until,
    first_year_until,
    min(available_from) over (partition by lea_id) as first_day,
    cast(
        sum(grant_cents) over (partition by lea_id order by fiscal_year rows unbounded preceding) as bigint
    ) as granted_cents
from awarded
