{# Tables and views straight under their own names. dbt's own way makes each under another name, puts the
   old one aside, renames and drops, so that readers of a standing database see no gap; a night builds into a fresh file that
   nobody else opens. On a file that has the relation already (a single model tried again) it is dropped first.
   Hooks, grants and persisted descriptions are not run: this project has none. Contracts are enforced as ever. #}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {% set relation = this.incorporate(type='table') %}
    {% do drop_relation_if_exists(load_cached_relation(this)) %}
    {% call statement('main') %}{{ create_table_as(False, relation, sql) }}{% endcall %}
    {% do adapter.commit() %}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {% set relation = this.incorporate(type='view') %}
    {% do drop_relation_if_exists(load_cached_relation(this)) %}
    {% call statement('main') %}{{ get_create_view_as_sql(relation, sql) }}{% endcall %}
    {% do adapter.commit() %}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
