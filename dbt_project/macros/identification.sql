{# Points (a figure of at most four decimals) as whole ten-thousandths, and back. Figures that are held against a
   line are compared as whole numbers, so that exactly the line is exactly the line. #}
{% macro to_units(points) -%}
    cast(round(({{ points }}) * 10000) as bigint)
{%- endmacro %}

{% macro from_units(units) -%}
    cast(cast(({{ units }}) as decimal(18, 0)) * cast('0.0001' as decimal(5, 4)) as decimal(18, 4))
{%- endmacro %}

{# Per cent in ten-thousandths of a point of part / whole (whole numbers not below zero), half rounded up. #}
{% macro percent_units(part, whole) -%}
    {{ share_floor('2 * (' ~ part ~ ') * 1000000 + (' ~ whole ~ ')', '1', '2 * (' ~ whole ~ ')') }}
{%- endmacro %}

{# Points for a sentence: rounded to two decimals, without a zero that says nothing. #}
{% macro points_text(points) -%}
    {{ plain_number('round(' ~ points ~ ', 2)') }}
{%- endmacro %}
