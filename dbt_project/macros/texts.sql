{# Whether a regular expression is found in a text; of the syntax that RE2 and Java share. #}
{% macro matches(text, pattern) -%}
    {{ return(adapter.dispatch('matches')(text, pattern)) }}
{%- endmacro %}

{% macro default__matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ pattern }})
{%- endmacro %}

{% macro spark__matches(text, pattern) -%}
    {{ text }} rlike {{ pattern }}
{%- endmacro %}

{# The texts of a group in one, in the order of one column that is never null and no two of them share; texts that
   are null are passed over. #}
{% macro joined_texts(text, separator, order_by) -%}
    {{ return(adapter.dispatch('joined_texts')(text, separator, order_by)) }}
{%- endmacro %}

{% macro default__joined_texts(text, separator, order_by) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}

{% macro spark__joined_texts(text, separator, order_by) -%}
    case
        when count({{ text }}) > 0
            then array_join(
                transform(
                    array_sort(collect_list(
                        case when {{ text }} is not null then struct({{ order_by }} as place, {{ text }} as text) end
                    )),
                    part -> part.text
                ),
                '{{ separator }}'
            )
    end
{%- endmacro %}

{# What of a text is compared: without case and outer blanks. #}
{% macro plain_text(text) -%}
    lower(trim({{ text }}))
{%- endmacro %}

{# A cause as it is compared: without case, outer blanks and a last full stop. #}
{% macro cause_text(text) -%}
    regexp_replace({{ plain_text(text) }}, '[ .]+$', '')
{%- endmacro %}
