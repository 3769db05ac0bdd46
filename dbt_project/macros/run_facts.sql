{# The night's as-of time (UTC). A row counts only if it was received by then. #}
{% macro as_of() -%}
    (select run.as_of from {{ source('lake', 'run') }} as run)
{%- endmacro %}

{# The calendar date, in the state's time zone, of a UTC timestamp. #}
{% macro local_date(timestamp, time_zone) -%}
    {{ return(adapter.dispatch('local_date')(timestamp, time_zone)) }}
{%- endmacro %}

{% macro default__local_date(timestamp, time_zone) -%}
    cast(timezone({{ time_zone }}, timezone('UTC', {{ timestamp }})) as date)
{%- endmacro %}

{% macro spark__local_date(timestamp, time_zone) -%}
    cast(from_utc_timestamp({{ timestamp }}, {{ time_zone }}) as date)
{%- endmacro %}
