{# Sharing a pool among claims, exactly and without iteration. The level rises in two stages. In stage 1 every
   claim gets the same share of its fixed amount, from nothing to all of it; in stage 2, all fixed amounts
   stand and every claim gets besides the same dollars for each unit of its weight. No claim is above its
   high_cents; below its low_cents it gets before_cents instead (the same: it is raised; 0: it is dropped).
   So what a level costs is a line that bends only where some claim passes its low or its high end: in the
   order of those bends, running sums say which of them the pool still reaches.

   claims: a CTE with fiscal_year, vessel (what is shared: one pool each), org_id, priority (1 is first),
   fixed_cents, weight_units, low_cents, before_cents, high_cents (null: no end; never below low_cents) and
   pool_cents. Makes CTEs up to water_reached: one row per claim with a bend, has_entered, has_left. #}
{% macro water_reached(claims) -%}
water_bounds as (
    select
        *,
        sum(before_cents) over (partition by fiscal_year, vessel) as all_before,
        case when low_cents <= fixed_cents then 1 when weight_units > 0 then 2 end as enter_stage,
        case
            when low_cents <= fixed_cents then low_cents
            when weight_units > 0 then low_cents - fixed_cents
        end as enter_part,
        case when low_cents <= fixed_cents then greatest(fixed_cents, 1) else weight_units end as enter_whole,
        case
            when high_cents < fixed_cents then 1
            when high_cents >= fixed_cents and weight_units > 0 then 2
        end as leave_stage,
        case when high_cents < fixed_cents then high_cents else high_cents - fixed_cents end as leave_part,
        case when high_cents < fixed_cents then fixed_cents else weight_units end as leave_whole
    from {{ claims }}
),

water_bends as (
    select
        fiscal_year,
        vessel,
        org_id,
        priority,
        pool_cents,
        all_before,
        0 as is_leaving,
        enter_stage as stage,
        enter_part as part,
        enter_whole as whole,
        -before_cents as held_change,
        fixed_cents as fixed_change,
        weight_units as weight_change
    from water_bounds
    where enter_stage is not null
    union all
    select
        fiscal_year,
        vessel,
        org_id,
        priority,
        pool_cents,
        all_before,
        1 as is_leaving,
        leave_stage as stage,
        leave_part as part,
        leave_whole as whole,
        high_cents as held_change,
        -fixed_cents as fixed_change,
        -weight_units as weight_change
    from water_bounds
    where leave_stage is not null
),

water_sums as (
    select
        *,
        all_before + sum(held_change) over so_far as held,
        sum(fixed_change) over so_far as fixed_open,
        sum(weight_change) over so_far as weight_open
    from water_bends
    window so_far as (
        partition by fiscal_year, vessel
        order by
            stage, {{ ratio_whole('part', 'whole') }}, {{ ratio_rest('part', 'whole') }}, is_leaving, priority, org_id
        rows between unbounded preceding and current row
    )
),

water_reached as (
    select
        fiscal_year,
        vessel,
        org_id,
        coalesce(bool_or(is_within) filter (where is_leaving = 0), false) as has_entered,
        coalesce(bool_or(is_within) filter (where is_leaving = 1), false) as has_left
    from (
        select
            fiscal_year,
            vessel,
            org_id,
            is_leaving,
            -- what the level of this bend costs, times its denominator, against the pool
            case
                when stage = 1
                    then {{ wide('held') }} * whole + {{ wide('fixed_open') }} * part
                else {{ wide('held + fixed_open') }} * whole + {{ wide('weight_open') }} * part
            end <= {{ wide('pool_cents') }} * whole as is_within
        from water_sums
    ) as judged
    group by fiscal_year, vessel, org_id
)
{%- endmacro %}

{# What each claim gets at the level that spends the pool, in whole cents: from water_reached and the same
   claims. The cents left over by rounding down go one each to the largest remainders, the lower ID first
   among equals; nobody passes its high end by one, for it is strictly below it. Makes CTEs up to water_shares. #}
{% macro water_shares(claims) -%}
water_ends as (
    select
        claim.*,
        coalesce(reached.has_entered, false) and not coalesce(reached.has_left, false) as is_open,
        coalesce(reached.has_left, false) as is_at_high,
        not coalesce(reached.has_entered, false) as is_at_low,
        sum(greatest(least(claim.fixed_cents, coalesce(claim.high_cents, claim.fixed_cents)), claim.low_cents))
            over (partition by claim.fiscal_year, claim.vessel)
        > claim.pool_cents as is_ratable
    from {{ claims }} as claim
    left join water_reached as reached
        on
            claim.fiscal_year = reached.fiscal_year
            and claim.vessel = reached.vessel
            and claim.org_id = reached.org_id
),

water_slopes as (
    select
        *,
        case when is_ratable then 0 else fixed_cents end as base_cents,
        case when is_ratable then fixed_cents else weight_units end as slope
    from water_ends
),

water_rest as (
    select
        *,
        pool_cents - sum(case
            when is_at_low then low_cents
            when is_at_high then high_cents
            else base_cents
        end) over vessel_of as rest_cents,
        sum(case when is_open then slope else 0 end) over vessel_of as open_slope
    from water_slopes
    window vessel_of as (partition by fiscal_year, vessel)
),

water_whole as (
    select
        *,
        base_cents + {{ share_floor('slope', 'greatest(rest_cents, 0)', 'open_slope') }} as level_cents,
        case
            when is_open
                then coalesce({{ share_floor('slope', 'greatest(rest_cents, 0)', 'open_slope') }}, 0)
            else 0
        end as open_cents,
        case
            when is_open
                then coalesce({{ share_remainder('slope', 'greatest(rest_cents, 0)', 'open_slope') }}, 0)
            else 0
        end as remainder
    from water_rest
),

water_cents as (
    select
        *,
        rest_cents - sum(open_cents) over (partition by fiscal_year, vessel) as cents_over,
        row_number() over (partition by fiscal_year, vessel order by remainder desc, org_id asc) as cent_rank
    from water_whole
),

water_shares as (
    select
        *,
        case when open_slope > 0 and cent_rank <= cents_over then 1 else 0 end as extra_cent,
        cast(
            case
                when is_at_low then low_cents
                when is_at_high then high_cents
                else
                    base_cents + open_cents
                    + case when open_slope > 0 and cent_rank <= cents_over then 1 else 0 end
            end as bigint
        ) as award_cents
    from water_cents
)
{%- endmacro %}

{# Whole part of a ratio of whole numbers not below zero, and the first 25 decimals of the rest: together they
   put ratios of denominators up to ten billions of thousands in their exact order. #}
{% macro ratio_whole(part, whole) -%}
    {{ return(adapter.dispatch('ratio_whole')(part, whole)) }}
{%- endmacro %}

{% macro default__ratio_whole(part, whole) -%}
    cast(({{ part }}) as hugeint) // cast(({{ whole }}) as hugeint)
{%- endmacro %}

{% macro spark__ratio_whole(part, whole) -%}
    (cast(({{ part }}) as decimal(38, 0)) div cast(({{ whole }}) as decimal(38, 0)))
{%- endmacro %}

{% macro ratio_rest(part, whole) -%}
    {{ return(adapter.dispatch('ratio_rest')(part, whole)) }}
{%- endmacro %}

{% macro default__ratio_rest(part, whole) -%}
    (cast(({{ part }}) as hugeint) % cast(({{ whole }}) as hugeint)) * 10000000000000000000000000::hugeint
    // cast(({{ whole }}) as hugeint)
{%- endmacro %}

{# Spark's div gives a bigint, whatever it divides: 13 decimals, and then 12 more of what they leave. #}
{% macro spark__ratio_rest(part, whole) -%}
    {% set divisor -%}cast(({{ whole }}) as decimal(38, 0)){%- endset -%}
    {% set rest -%}(cast(({{ part }}) as decimal(38, 0)) % {{ divisor }}){%- endset -%}
    {% set first -%}({{ rest }} * cast(10000000000000 as decimal(14, 0))){%- endset -%}
    (
        cast({{ first }} div {{ divisor }} as decimal(38, 0)) * cast(1000000000000 as decimal(13, 0))
        + ({{ first }} % {{ divisor }}) * cast(1000000000000 as decimal(13, 0)) div {{ divisor }}
    )
{%- endmacro %}

{# A whole number wide enough for products of cents and weights. #}
{% macro wide(number) -%}
    {{ return(adapter.dispatch('wide')(number)) }}
{%- endmacro %}

{% macro default__wide(number) -%}
    cast(({{ number }}) as hugeint)
{%- endmacro %}

{% macro spark__wide(number) -%}
    cast(({{ number }}) as decimal(38, 0))
{%- endmacro %}
