-- The hold-harmless of each Title I-A formula, a check of its own: it says nothing of the §1003 reservation,
-- whose cap looks at the sum of the four. All in whole cents.
with law as (
    select
        years.fiscal_year,
        {% for rule in ['high', 'middle', 'high_from', 'middle_from', 'concentration_years'] %}
            max(case when ruling.rule_id = 'hold_harmless_{{ rule }}' then ruling.value end) as {{ rule }},
        {% endfor %}
        max(case when ruling.rule_id = 'hold_harmless_low' then ruling.value end) as low
    from (select distinct fiscal_year from {{ ref('stg_feed__title1_formulas') }}) as years
    cross join {{ ref('law_1003') }} as ruling
    where
        years.fiscal_year >= ruling.from_fiscal_year
        and years.fiscal_year < coalesce(ruling.until_fiscal_year, years.fiscal_year + 1)
    group by years.fiscal_year
),

ranked as (
    select
        *,
        row_number() over (
            partition by fiscal_year, lea_id, formula
            order by received_at desc, source_file desc, source_row desc
        ) as recency
    from {{ ref('stg_feed__title1_formulas') }}
),

amounts as (
    select
        *,
        coalesce(is_eligible, true) as is_formula_eligible
    from ranked
    where recency = 1
),

eligible_years as (
    select
        *,
        max(case when is_formula_eligible then fiscal_year end) over (
            partition by lea_id, formula order by fiscal_year
            rows between unbounded preceding and current row
        ) as last_eligible_year
    from amounts
),

years as (
    select distinct
        fiscal_year + 1 as fiscal_year,
        formula
    from amounts
),

based as (
    select
        this.fiscal_year,
        this.lea_id,
        this.formula,
        this.formula_children_percent,
        this.is_formula_eligible,
        this.last_eligible_year,
        this.source_file,
        this.source_sheet,
        this.source_row,
        {{ to_cents('this.amount') }} as amount_cents,
        {{ to_cents('coalesce(this.base_amount, prior_row.amount)') }} as base_cents,
        case
            when this.base_amount is not null then 'stated base'
            when prior_row.amount is not null then 'year before'
        end as base_source,
        years.fiscal_year is not null as is_prior_year_loaded,
        this.is_formula_eligible
        or (
            this.formula = 'concentration'
            and coalesce(this.fiscal_year - this.last_eligible_year <= law.concentration_years, false)
        ) as is_held,
        case
            when this.formula_children_percent >= law.high_from then law.high
            when this.formula_children_percent >= law.middle_from then law.middle
            when this.formula_children_percent is not null then law.low
        end as hold_percent
    from eligible_years as this
    inner join law on this.fiscal_year = law.fiscal_year
    left join amounts as prior_row
        on
            this.fiscal_year = prior_row.fiscal_year + 1
            and this.lea_id = prior_row.lea_id
            and this.formula = prior_row.formula
    left join years on this.fiscal_year = years.fiscal_year and this.formula = years.formula
),

floors as (
    select
        *,
        -- not less than: part of a cent is rounded up
        case
            when is_held and base_cents is not null and hold_percent is not null
                then {{ share_floor('base_cents * hold_percent + 99', '1', '100') }}
        end as floor_cents
    from based
),

totals as (
    select
        *,
        sum(case when floor_cents is not null then amount_cents else 0 end) over of_formula as held_cents,
        sum(coalesce(floor_cents, 0)) over of_formula as floors_cents
    from floors
    window of_formula as (partition by fiscal_year, formula)
),

required as (
    select
        *,
        coalesce(held_cents < floors_cents, false) as is_short,
        case
            when held_cents < floors_cents then {{ share_floor('floor_cents', 'held_cents', 'floors_cents') }}
            else floor_cents
        end as required_cents
    from totals
)

select
    required.fiscal_year,
    required.lea_id,
    organization.org_name as lea_name,
    required.formula,
    {{ from_cents('required.amount_cents') }} as amount,
    {{ from_cents('required.base_cents') }} as base_amount,
    required.base_source,
    required.formula_children_percent,
    required.is_formula_eligible,
    required.last_eligible_year,
    cast(required.hold_percent as bigint) as hold_percent,
    {{ from_cents('required.floor_cents') }} as floor_amount,
    required.is_short,
    {{ from_cents('required.required_cents') }} as required_amount,
    case
        when not required.is_held then 'not_applicable'
        when required.base_cents is null and not required.is_prior_year_loaded then 'not_applicable'
        when required.required_cents is null then 'not_known'
        when required.amount_cents >= required.required_cents then 'met'
        else 'not_met'
    end as outcome,
    case
        when required.required_cents is not null
            then {{ from_cents('greatest(required.required_cents - required.amount_cents, 0)') }}
    end as missing_amount,
    case
        when not required.is_held then 'The LEA does not meet the threshold of this formula.'
        when required.base_cents is null and not required.is_prior_year_loaded
            then 'No amounts of the year before are loaded.'
        when required.base_cents is null
            then 'The year before has no amount of this LEA; state its base in the feed title1_formulas.'
        when required.hold_percent is null then 'The per cent of formula children is not known.'
        else
            'At least ' || cast(required.hold_percent as string) || ' per cent of '
            || cast({{ from_cents('required.base_cents') }} as string) || ' (' || required.base_source || ')'
            || case
                when required.is_short then ', all floors of this formula ratably reduced to what there is'
                else ''
            end
            || ': ' || cast({{ from_cents('required.required_cents') }} as string) || '.'
    end as sentence,
    required.source_file,
    required.source_sheet,
    required.source_row
from required
left join {{ ref('dim_organization') }} as organization on required.lea_id = organization.org_id
