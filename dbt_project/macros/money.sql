{# Dollars as whole cents, and back. Shares of money are worked out in whole cents: no engine's division of
   decimals is exact. #}
{% macro to_cents(amount) -%}
    cast(round(({{ amount }}) * 100) as bigint)
{%- endmacro %}

{% macro from_cents(cents) -%}
    cast(cast(({{ cents }}) as decimal(18, 0)) * cast('0.01' as decimal(3, 2)) as decimal(18, 2))
{%- endmacro %}

{# Whole part and remainder of factor * share / whole, all of them whole numbers not below zero; exact up to
   38 digits. A whole of zero gives null. #}
{% macro share_floor(factor, share, whole) -%}
    {{ return(adapter.dispatch('share_floor')(factor, share, whole)) }}
{%- endmacro %}

{% macro default__share_floor(factor, share, whole) -%}
    cast(
        (cast(({{ factor }}) as hugeint) * cast(({{ share }}) as hugeint)) // nullif(cast(({{ whole }}) as hugeint), 0)
        as bigint
    )
{%- endmacro %}

{% macro spark__share_floor(factor, share, whole) -%}
    cast(
        (cast(({{ factor }}) as decimal(19, 0)) * cast(({{ share }}) as decimal(19, 0)))
        div nullif(cast(({{ whole }}) as decimal(38, 0)), 0)
        as bigint
    )
{%- endmacro %}

{% macro share_remainder(factor, share, whole) -%}
    {{ return(adapter.dispatch('share_remainder')(factor, share, whole)) }}
{%- endmacro %}

{% macro default__share_remainder(factor, share, whole) -%}
    ((cast(({{ factor }}) as hugeint) * cast(({{ share }}) as hugeint)) % nullif(cast(({{ whole }}) as hugeint), 0))
{%- endmacro %}

{% macro spark__share_remainder(factor, share, whole) -%}
    (
        (cast(({{ factor }}) as decimal(19, 0)) * cast(({{ share }}) as decimal(19, 0)))
        % nullif(cast(({{ whole }}) as decimal(38, 0)), 0)
    )
{%- endmacro %}
