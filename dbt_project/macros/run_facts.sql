{# When the last thing that counts in this night was received or decided (UTC): whatever came later, after the as-of time, does not. #}
{% macro received_until() -%}
    (select counted.received_until from {{ source('lake', 'received') }} as counted)
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
