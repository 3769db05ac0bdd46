-- How much of each LEA's amount may be reserved at most, in whole cents: what it gained since last year
-- (§1003(h)); all of it in the years before that rule. A missing prior year would make the whole amount
-- look reservable: it stops the night by name.
with ruled as (
    select
        amounts.*,
        coalesce(law.value = 1, false) as is_capped
    from {{ ref('int_title1_amounts') }} as amounts
    left join {{ ref('law_1003') }} as law
        on
            law.rule_id = 'cap_applies'
            and amounts.fiscal_year >= law.from_fiscal_year
            and (law.until_fiscal_year is null or amounts.fiscal_year < law.until_fiscal_year)
)

select
    fiscal_year,
    version,
    school_year,
    is_standing,
    lea_id,
    is_capped,
    is_prior_year_loaded or not is_capped as is_computable,
    {{ to_cents('amount') }} as amount_cents,
    {{ to_cents('prior_amount') }} as prior_cents,
    case
        when not is_capped then {{ to_cents('amount') }}
        when prior_amount is not null
            then greatest({{ to_cents('amount') }} - {{ to_cents('prior_amount') }}, 0)
        when is_prior_year_loaded
            then
                {{ stop_with("
                    'Title I amounts of fiscal year ' || cast(fiscal_year as string) || ': LEA ' || lea_id
                    || coalesce(' (' || lea_name || ')', '') || ' has no amount of the year before. Give its base'
                    || ' (new, expanded, merged …) in the feed title1_bases, or load the missing amount.'
                ") }}
    end as room_cents
from ruled
