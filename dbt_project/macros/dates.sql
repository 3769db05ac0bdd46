{# A date some whole months later. #}
{% macro add_months(day, months) -%}
    {{ return(adapter.dispatch('add_months')(day, months)) }}
{%- endmacro %}

{% macro default__add_months(day, months) -%}
    cast({{ day }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro spark__add_months(day, months) -%}
    add_months({{ day }}, cast({{ months }} as int))
{%- endmacro %}

{# Whole numbers from 0 to a bound, one a row, as column n. #}
{% macro numbers_to(bound) -%}
    {{ return(adapter.dispatch('numbers_to')(bound)) }}
{%- endmacro %}

{% macro default__numbers_to(bound) -%}
    select unnest(generate_series(0, {{ bound }})) as n
{%- endmacro %}

{% macro spark__numbers_to(bound) -%}
    select explode(sequence(0, {{ bound }})) as n
{%- endmacro %}

{# The school year that starts in a calendar year: 2023 -> '2023-24'. #}
{% macro school_year_from_start(start_year) -%}
    cast({{ start_year }} as string) || '-' || right(cast({{ start_year }} + 1 as string), 2)
{%- endmacro %}

{# The calendar year in which a school year starts: '2023-24' -> 2023. #}
{% macro start_of_school_year(school_year) -%}
    cast(left({{ school_year }}, 4) as integer)
{%- endmacro %}

{# The calendar year in which the school year of a day starts. #}
{% macro start_of_date(day, first_month) -%}
    cast(year({{ day }}) - case when month({{ day }}) < {{ first_month }} then 1 else 0 end as integer)
{%- endmacro %}

{# A month and day within the school year that starts in a calendar year; the month's last day where it has fewer. #}
{% macro day_of_school_year(start_year, first_month, month_no, day_no) -%}
    {% set month_start -%}
        make_date(
            cast({{ start_year }} + case when {{ month_no }} < {{ first_month }} then 1 else 0 end as integer),
            cast({{ month_no }} as integer), 1
        )
    {%- endset %}
    least(
        cast({{ month_start }} + cast({{ day_no }} - 1 as integer) as date),
        cast({{ add_months(month_start, 1) }} - 1 as date)
    )
{%- endmacro %}

{# Whole days from one date to another. #}
{% macro days_between(first_day, last_day) -%}
    {{ return(adapter.dispatch('days_between')(first_day, last_day)) }}
{%- endmacro %}

{% macro default__days_between(first_day, last_day) -%}
    cast({{ last_day }} - {{ first_day }} as bigint)
{%- endmacro %}

{% macro spark__days_between(first_day, last_day) -%}
    cast(datediff({{ last_day }}, {{ first_day }}) as bigint)
{%- endmacro %}
