{# Tables and views straight under their own names. dbt's own way makes each under another name, puts the
   old one aside, renames and drops, so that readers of a standing database see no gap; a night builds into a file that
   nobody else opens. In a file that the last night left, what stands as it was is left alone, and a table that is made again is held
   against the one that stands, so that what rests on it is left alone where they hold the same (reuse.sql).
   Hooks, grants and persisted descriptions are not run: this project has none. Contracts are enforced as ever. #}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {% set relation = this.incorporate(type='table') %}
    {% set standing = load_cached_relation(this) %}
    {% if standing is none or not invocation_args_dict.get('selector') %}
        {% do drop_relation_if_exists(standing) %}
        {% call statement('main') %}{{ create_table_as(False, relation, sql) }}{% endcall %}
    {% elif stands_as_it_was() %}
        {% call noop_statement('main', 'AS IT WAS') %}select 'as it was'{% endcall %}
    {% else %}
        {% set made = this.incorporate(type='table', path={'identifier': this.identifier ~ '__made'}) %}
        {% do drop_relation_if_exists(made) %}
        {% call statement('main') %}{{ create_table_as(False, made, sql) }}{% endcall %}
        {% if hold_the_same(standing, made) %}
            {% do drop_relation_if_exists(made) %}
        {% else %}
            {% do drop_relation_if_exists(standing) %}
            {% do adapter.rename_relation(made, relation) %}
            {% do note_changed() %}
        {% endif %}
    {% endif %}
    {% do adapter.commit() %}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {% set relation = this.incorporate(type='view') %}
    {% set standing = load_cached_relation(this) %}
    {% if standing is none or not invocation_args_dict.get('selector') %}
        {% do drop_relation_if_exists(standing) %}
        {% call statement('main') %}{{ get_create_view_as_sql(relation, sql) }}{% endcall %}
    {% else %}
        {% call noop_statement('main', 'AS IT WAS') %}select 'as it was'{% endcall %}
        {% if not stands_as_it_was() %}{% do note_changed() %}{% endif %}
    {% endif %}
    {% do adapter.commit() %}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
