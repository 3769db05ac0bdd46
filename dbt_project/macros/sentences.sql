{# A sentence with its placeholders filled: values is a list of [name, expression], a null one becomes an
   empty text. Texts that others wrote come last in the list, for what they hold is filled in no more. #}
{% macro filled(sentence, values) -%}
    {% for _ in values %}replace({% endfor %}{{ sentence }}
    {%- for name, expression in values %}, '{{ '{' ~ name ~ '}' }}', coalesce(cast({{ expression }} as string), ''))
    {%- endfor %}
{%- endmacro %}

{# A figure as people write it: without zeros that say nothing. #}
{% macro plain_number(figure) -%}
    {{ return(adapter.dispatch('plain_number')(figure)) }}
{%- endmacro %}

{% macro default__plain_number(figure) -%}
    regexp_replace(cast(cast({{ figure }} as double) as string), '[.]0$', '')
{%- endmacro %}

{# Spark writes ten millions as 1.0E7. #}
{% macro spark__plain_number(figure) -%}
    regexp_replace(format_string('%.15f', cast({{ figure }} as double)), '[.]?0*$', '')
{%- endmacro %}

{# The columns of an item that raises a question, of a row of quarters (alias at_quarter) and of what raises it:
   every model of items has these, in this order. Keyword arguments are expressions; lineage is the alias
   whose file, sheet and row are told. #}
{% macro raised_item(trigger_id, item_kind, item_code, severity) -%}
    at_quarter.org_id,
    at_quarter.lea_id,
    at_quarter.school_year,
    at_quarter.quarter_id,
    at_quarter.as_of_period,
    {{ trigger_id }} as trigger_id,
    {{ item_kind }} as item_kind,
    {{ item_code }} as item_code,
    cast({{ severity }} as double) as severity,
    cast({{ kwargs.n or 'null' }} as bigint) as numerator,
    cast({{ kwargs.of or 'null' }} as bigint) as denominator,
    cast({{ kwargs.other or 'null' }} as bigint) as other_count,
    cast({{ kwargs.pct or 'null' }} as double) as pct,
    cast({{ kwargs.other_pct or 'null' }} as double) as other_pct,
    cast({{ kwargs.day or 'null' }} as date) as on_day,
    cast({{ kwargs.since or 'null' }} as string) as since_period,
    cast({{ kwargs.detail or 'null' }} as string) as detail,
    cast({{ kwargs.list or 'null' }} as string) as list_of,
    {% for column, type in [('submission_id', 'string'), ('source_sheet', 'string'), ('source_row', 'bigint')] -%}
        cast({{ kwargs.lineage ~ '.' ~ column if kwargs.lineage else 'null' }} as {{ type }}) as {{ column }}
        {{- ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}
