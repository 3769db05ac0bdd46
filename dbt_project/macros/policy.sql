{# The names that a setting of policy lists, in plain spelling, one row per school year and name: for matching
   what people typed. Columns school_year and the given one. #}
{% macro names_in_policy(parameter, column) -%}
    select distinct
        school_year,
        {{ plain_text('name') }} as {{ column }}
    from (
        select
            school_year,
            {{ split_codes('value') }} as name
        from {{ ref('int_policy_years') }}
        where parameter = '{{ parameter }}'
    ) as listed
{%- endmacro %}
