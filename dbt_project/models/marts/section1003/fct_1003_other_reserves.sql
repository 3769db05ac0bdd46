-- What the state reserves of Title I beside §1003, each against its own limit: §1004 for administration and
-- §1003A for direct student services. Neither is part of the §1003 reservation.
with law as (
    select
        years.fiscal_year,
        {% for rule in [
            'administration_percent', 'administration_national', 'services_administration_percent',
        ] %}
            max(case when ruling.rule_id = '{{ rule }}' then ruling.value end) as {{ rule }},
        {% endfor %}
        max(case when ruling.rule_id = 'services_percent' then ruling.value end) as services_percent
    from (select distinct fiscal_year from {{ ref('stg_feed__title1_other_reserves') }}) as years
    cross join {{ ref('law_1003') }} as ruling
    where
        years.fiscal_year >= ruling.from_fiscal_year
        and years.fiscal_year < coalesce(ruling.until_fiscal_year, years.fiscal_year + 1)
    group by years.fiscal_year
),

ranked as (
    select
        *,
        {{ school_year_from_start('fiscal_year') }} as school_year,
        row_number() over (
            partition by fiscal_year, reserve order by received_at desc, source_file desc, source_row desc
        ) as recency
    from {{ ref('stg_feed__title1_other_reserves') }}
),

subpart2 as (
    select
        fiscal_year,
        title1_total
    from {{ ref('fct_1003_reservation') }}
    where is_standing
),

settings as (
    select
        school_year,
        max(case when parameter = 'administration_minimum' then number_value end) as administration_minimum,
        max(case when parameter = 'administration_cap' then value end) as administration_cap
    from {{ ref('int_policy_years') }}
    where parameter in ('administration_minimum', 'administration_cap')
    group by school_year
),

based as (
    select
        stated.*,
        settings.administration_cap,
        {{ to_cents('stated.amount') }} as amount_cents,
        {{ to_cents('stated.published_limit') }} as published_cents,
        case stated.reserve
            when 'state_administration' then {{ to_cents('stated.parts_acd_amount') }}
            when 'direct_student_services' then {{ to_cents('subpart2.title1_total') }}
        end as base_cents,
        case stated.reserve
            when 'state_administration' then law.administration_percent
            when 'direct_student_services' then law.services_percent
        end as limit_percent,
        case
            when stated.reserve = 'state_administration'
                then {{ to_cents('settings.administration_minimum') }}
        end as minimum_cents,
        case
            when
                stated.reserve = 'state_administration'
                and stated.national_acd_amount > law.administration_national
                then law.administration_national
        end as national_cap,
        {{ to_cents('stated.national_acd_amount') }} as national_cents,
        stated.reserve = 'state_administration'
        and stated.national_acd_amount is null as is_national_unknown,
        case
            when stated.reserve = 'direct_student_services'
                then
                    {{ share_floor(
                        to_cents('stated.amount'), 'law.services_administration_percent', '100'
                    ) }}
        end as administration_limit_cents
    from ranked as stated
    inner join law on stated.fiscal_year = law.fiscal_year
    left join settings on stated.school_year = settings.school_year
    left join subpart2 on stated.fiscal_year = subpart2.fiscal_year
    where stated.recency = 1
),

limits as (
    select
        *,
        {{ share_floor('base_cents', 'limit_percent', '100') }} as percent_cents,
        case
            when national_cap is not null
                -- dollars of the law over cents of the nation: the hundred is that of the per cent
                then {{ share_floor('base_cents', 'limit_percent * national_cap', 'national_cents') }}
        end as capped_cents
    from based
),

settled as (
    select
        *,
        case
            when published_cents is not null then 'published'
            when base_cents is null then 'not known'
            when national_cap is not null and administration_cap = 'estimated' then 'estimated'
            when national_cap is not null or is_national_unknown then 'not known'
            when minimum_cents > percent_cents then 'minimum'
            else 'percent'
        end as limit_source
    from limits
),

limited as (
    select
        *,
        case limit_source
            when 'published' then published_cents
            when 'estimated' then greatest(least(percent_cents, capped_cents), coalesce(minimum_cents, 0))
            when 'minimum' then minimum_cents
            when 'percent' then percent_cents
        end as limit_cents,
        reserve <> 'direct_student_services' or consulted_on is not null as is_consultation_recorded,
        coalesce({{ to_cents('administration_amount') }} <= administration_limit_cents, true)
            as is_administration_lawful
    from settled
)

select
    fiscal_year,
    school_year,
    reserve,
    case reserve
        when 'state_administration' then 'ESEA §1004; 34 CFR 200.100(b)'
        when 'direct_student_services' then 'ESEA §1003A; 34 CFR 200.100(c)'
    end as citation,
    {{ from_cents('amount_cents') }} as amount,
    {{ from_cents('base_cents') }} as base_amount,
    cast(limit_percent as bigint) as limit_percent,
    {{ from_cents('percent_cents') }} as limit_by_percent,
    {{ from_cents('minimum_cents') }} as minimum_limit,
    {{ from_cents('capped_cents') }} as capped_estimate,
    {{ from_cents('published_cents') }} as published_limit,
    limit_source,
    {{ from_cents('limit_cents') }} as limit_amount,
    {{ from_cents('limit_cents - amount_cents') }} as room,
    consulted_on,
    is_consultation_recorded,
    administration_amount,
    {{ from_cents('administration_limit_cents') }} as administration_limit,
    is_administration_lawful,
    case
        when not is_consultation_recorded or not is_administration_lawful then false
        when limit_cents is not null then amount_cents <= limit_cents
        -- without a limit it is certain only beyond the widest that it could be, or within the least
        when amount_cents <= minimum_cents then true
        when amount_cents > greatest(percent_cents, minimum_cents) then false
    end as is_lawful,
    case
        when not is_consultation_recorded
            then 'The consultation of LEAs that comes before it is not recorded.'
        when not is_administration_lawful
            then 'More of it is for the state''s administration than the law allows.'
        when limit_cents is null
            then 'Its limit is not known: give the published one in the feed title1_other_reserves.'
        when amount_cents > limit_cents then 'It is above its limit.'
        when limit_source = 'estimated'
            then 'It is within its limit as estimated; the published one goes before it.'
        else 'It is within its limit.'
    end as sentence,
    source_file,
    source_sheet,
    source_row
from limited
