-- What was reserved for LEAs and is not needed, shared out by both ways of §1003(g). Each way gives every
-- LEA the whole cents of its share; the cents left over go one each to the largest remainders, the lower ID
-- first.
with money as (
    select
        of_year.fiscal_year,
        of_year.school_year,
        of_year.version,
        {{ to_cents('of_year.unallocated') }} as excess_cents,
        choice.excess_method,
        choice.excess_criterion
    from {{ ref('fct_1003_award_year') }} as of_year
    inner join {{ ref('int_1003_use_settings') }} as choice on of_year.fiscal_year = choice.fiscal_year
    where of_year.unallocated > 0
),

consulted as (
    select
        fiscal_year,
        max(consulted_on) as consulted_on
    from {{ ref('stg_feed__excess_consultations') }}
    group by fiscal_year
),

-- dollars asked for eligible schools and not awarded
unmet as (
    select
        fiscal_year,
        lea_id,
        sum(greatest(0, {{ to_cents('requested_amount') }} - {{ to_cents('award') }})) as unmet_cents
    from {{ ref('fct_1003_award_school') }}
    where is_eligible and requested_amount is not null
    group by fiscal_year, lea_id
),

leas as (
    select
        money.fiscal_year,
        title1.lea_id,
        title1.lea_name,
        {{ to_cents('title1.amount') }} as subpart2_weight,
        cast(0 as bigint) as criterion_weight
    from money
    inner join {{ ref('int_title1_amounts') }} as title1
        on money.fiscal_year = title1.fiscal_year and money.version = title1.version
),

-- §1126(c): other LEAs of the state that need additional funds
in_need as (
    select
        money.fiscal_year,
        award.lea_id,
        award.lea_name,
        case
            when money.excess_criterion = 'unmet_request' then coalesce(unmet.unmet_cents, 0)
            when award.n_eligible > 0 then cast(round(coalesce(award.points, 0) * 10000) as bigint)
            else 0
        end as criterion_weight
    from money
    inner join {{ ref('fct_1003_award') }} as award on money.fiscal_year = award.fiscal_year
    left join unmet on award.fiscal_year = unmet.fiscal_year and award.lea_id = unmet.lea_id
),

weighed as (
    select
        coalesce(leas.fiscal_year, in_need.fiscal_year) as fiscal_year,
        coalesce(leas.lea_id, in_need.lea_id) as lea_id,
        coalesce(leas.lea_name, in_need.lea_name) as lea_name,
        coalesce(leas.subpart2_weight, 0) as subpart2_weight,
        cast(coalesce(in_need.criterion_weight, 0) as bigint) as criterion_weight
    from leas
    full outer join in_need on leas.fiscal_year = in_need.fiscal_year and leas.lea_id = in_need.lea_id
),

totals as (
    select
        fiscal_year,
        cast(sum(subpart2_weight) as bigint) as all_subpart2,
        cast(sum(criterion_weight) as bigint) as all_criterion
    from weighed
    group by fiscal_year
),

-- nobody gets more by §1126(c) than it asked for
pots as (
    select
        money.*,
        totals.all_subpart2,
        totals.all_criterion,
        case
            when money.excess_criterion = 'unmet_request' then least(money.excess_cents, totals.all_criterion)
            when totals.all_criterion > 0 then money.excess_cents
            else 0
        end as by_criterion_cents
    from money
    inner join totals on money.fiscal_year = totals.fiscal_year
),

claims as (
    select
        weighed.lea_id,
        weighed.lea_name,
        weighed.subpart2_weight,
        weighed.criterion_weight,
        pots.*
    from weighed
    inner join pots on weighed.fiscal_year = pots.fiscal_year
),

divided as (
    select
        *,
        coalesce({{ share_floor('subpart2_weight', 'excess_cents', 'all_subpart2') }}, 0) as subpart2_whole,
        coalesce({{ share_remainder('subpart2_weight', 'excess_cents', 'all_subpart2') }}, 0)
            as subpart2_rest,
        coalesce({{ share_floor('criterion_weight', 'by_criterion_cents', 'all_criterion') }}, 0)
            as criterion_whole,
        coalesce({{ share_remainder('criterion_weight', 'by_criterion_cents', 'all_criterion') }}, 0)
            as criterion_rest
    from claims
),

ranked as (
    select
        *,
        sum(subpart2_whole) over same_year as all_subpart2_whole,
        sum(criterion_whole) over same_year as all_criterion_whole,
        row_number() over (
            partition by fiscal_year order by subpart2_rest desc, lea_id asc
        ) as subpart2_place,
        row_number() over (
            partition by fiscal_year order by criterion_rest desc, lea_id asc
        ) as criterion_place
    from divided
    window same_year as (partition by fiscal_year)
),

shared as (
    select
        *,
        subpart2_whole + case
            when subpart2_weight > 0 and subpart2_place <= excess_cents - all_subpart2_whole then 1
            else 0
        end as subpart2_cents,
        criterion_whole + case
            when criterion_weight > 0 and criterion_place <= by_criterion_cents - all_criterion_whole then 1
            else 0
        end as criterion_cents
    from ranked
)

select
    shared.fiscal_year,
    shared.school_year,
    shared.lea_id,
    coalesce(organization.org_name, shared.lea_name) as lea_name,
    {{ from_cents('shared.excess_cents') }} as excess,
    {{ from_cents('shared.subpart2_weight') }} as title1_amount,
    {{ from_cents('shared.subpart2_cents') }} as by_subpart2,
    shared.excess_criterion as criterion,
    cast(
        shared.criterion_weight * cast(
            case when shared.excess_criterion = 'unmet_request' then 0.01 else 0.0001 end as decimal(5, 4)
        ) as decimal(18, 4)
    ) as criterion_value,
    {{ from_cents('shared.criterion_cents') }} as by_section_1126c,
    shared.excess_method as chosen_way,
    case
        when shared.excess_method = 'relative_subpart2' then {{ from_cents('shared.subpart2_cents') }}
        when shared.excess_method = 'section_1126c' then {{ from_cents('shared.criterion_cents') }}
    end as additional,
    consulted.consulted_on,
    case
        when shared.excess_method = 'not_decided' then 'the state has not chosen a method'
        when consulted.consulted_on is null then 'the consultation of LEAs is open'
        else 'LEAs were consulted'
    end as standing
from shared
left join consulted on shared.fiscal_year = consulted.fiscal_year
left join {{ ref('dim_organization') }} as organization on shared.lea_id = organization.org_id
