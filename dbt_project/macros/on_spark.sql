{# What dbt does otherwise on Apache Spark. A night there begins with an empty catalogue, too: every relation is made
   straight under its own name, and tables are Parquet. #}
{% materialization table, adapter='spark', supported_languages=['sql'] %}
    {% set relation = this.incorporate(type='table') %}
    {% if load_cached_relation(this) %}{% do adapter.drop_relation(relation) %}{% endif %}
    {% call statement('main') %}
        create table {{ relation }}
        {% if config.get('contract').enforced %}
            {{ get_assert_columns_equivalent(sql) }}
            {% set sql = get_select_subquery(sql) %}
        {% endif %}
        using parquet as
        {{ sql }}
    {% endcall %}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='spark' %}
    {% set relation = this.incorporate(type='view') %}
    {% call statement('main') %}{{ get_create_view_as_sql(relation, sql) }}{% endcall %}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{# A seed in one statement: dbt-spark's own inserts row by row of bindings, which turns a backslash of a text into an escape. #}
{% materialization seed, adapter='spark' %}
    {% set relation = this.incorporate(type='table') %}
    {% set seed_rows = load_agate_table() %}
    {% do store_result('agate_table', response='OK', agate_table=seed_rows) %}
    {% set types = model['config'].get('column_types', {}) %}
    {% if load_cached_relation(this) %}{% do adapter.drop_relation(relation) %}{% endif %}
    {% call statement('main') %}
        create table {{ relation }} using parquet as
        select
            {% for column in seed_rows.column_names -%}
                cast({{ column }} as {{ spark_type(types[column]) }}) as {{ column }}{{ ',' if not loop.last }}
            {% endfor %}
        from values
            {% for row in seed_rows.rows -%}
                (
                {%- for value in row -%}
                    {{ 'null' if value is none else "'" ~ (value | string | replace("\\", "\\\\") | replace("'", "''")) ~ "'" }}
                    {{- ', ' if not loop.last }}
                {%- endfor -%}
                ){{ ',' if not loop.last }}
            {% endfor %}
            as seed_rows ({{ seed_rows.column_names | join(', ') }})
    {% endcall %}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{# A type as contracts name it, in Spark's words. #}
{% macro spark_type(type) -%}
    {{ 'string' if type | lower == 'varchar' else type }}
{%- endmacro %}

{# The columns that a contract promises, as an empty query that its types are read from. #}
{% macro spark__get_empty_schema_sql(columns) %}
    select
    {% for name in columns %}
        cast(null as {{ spark_type(columns[name]['data_type']) }}) as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
{% endmacro %}
