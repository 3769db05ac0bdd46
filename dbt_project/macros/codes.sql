{# The plan code one level up: 1.1.1.1 -> 1.1.1. A code without a dot has no parent. #}
{% macro parent_code(code) -%}
    nullif(regexp_replace({{ code }}, '[.]?[^.]*$', ''), '')
{%- endmacro %}

{# One row per code of a comma-separated list: a lateral join that both engines have. #}
{% macro split_codes(list_column) -%}
    {{ return(adapter.dispatch('split_codes')(list_column)) }}
{%- endmacro %}

{% macro default__split_codes(list_column) -%}
    unnest(string_split({{ list_column }}, ','))
{%- endmacro %}

{% macro spark__split_codes(list_column) -%}
    explode(split({{ list_column }}, ','))
{%- endmacro %}

{# A rate: divided once, null where the denominator is zero. #}
{% macro rate(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif({{ denominator }}, 0)
{%- endmacro %}

{# A double rounded to some decimals, half away from zero. Engines' own round(x, n) differ in what is a half:
   100.5 hundredths, or 1.005 as it is written. This way both multiply, round and divide. #}
{% macro rounded(figure, decimals) -%}
    (round(({{ figure }}) * 1e{{ decimals }}) / 1e{{ decimals }})
{%- endmacro %}

{# A rate from 0 to 1 in whole per cent, as text for a sentence. #}
{% macro whole_percent(rate) -%}
    cast(cast(round(100 * ({{ rate }})) as integer) as string)
{%- endmacro %}

{# Joins the code that a federal file has for our own word in a school year; its row is null where it has none. #}
{% macro with_edfacts_code(alias, school_year, file_number, field_name, word) -%}
    left join {{ ref('int_edfacts_codes') }} as {{ alias }}
        on
            {{ school_year }} = {{ alias }}.school_year
            and {{ alias }}.file_number = '{{ file_number }}'
            and {{ alias }}.field_name = {{ field_name }}
            and {{ alias }}.source_value = {{ word }}
{%- endmacro %}
