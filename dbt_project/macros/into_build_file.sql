{# Tables and views straight under their own names. dbt's own way makes each under another name, puts the
   old one aside, renames and drops, so that readers of a standing database see no gap; a night builds into a file that
   nobody else opens. In a file that the last night left, what stands as it was is left alone, and a table that is made again, whole or
   for some LEAs, is held against the one that stands, so that what rests on it is left alone where they hold the same (reuse.sql).
   Hooks, grants and persisted descriptions are not run: this project has none. Contracts are enforced as ever. #}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {% set relation = this.incorporate(type='table') %}
    {% set standing = load_cached_relation(this) %}
    {% if standing is none or not is_upon_the_last() %}
        {% do drop_relation_if_exists(standing) %}
        {% do make_whole(relation, sql) %}
    {% else %}
        {% set changed = what_changed_here() %}
        {% set id_column = lea_columns([this]).get(this | string) %}
        {% if changed == 'nothing' %}
            {% call noop_statement('main', 'AS IT WAS') %}select 'as it was'{% endcall %}
        {% elif changed == 'some' and id_column and not is_full_of_gaps(relation) %}
            {% do make_some(relation, sql, id_column) %}
        {% else %}
            {% do make_again(relation, standing, sql, id_column) %}
        {% endif %}
    {% endif %}
    {% do adapter.commit() %}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{# Whether a table holds so many rows that were deleted in earlier nights that it is better made whole. #}
{% macro is_full_of_gaps(relation) %}
    {% set found = run_query(
        "select estimated_size > 1.5 * (select count(*) from " ~ relation ~ ") from duckdb_tables() where schema_name = '"
        ~ relation.schema ~ "' and table_name = '" ~ relation.identifier ~ "'"
    ) %}
    {{ return(found.rows[0][0]) }}
{% endmacro %}

{# Make a table whole beside the one that stands, and put it in its place where they differ. #}
{% macro make_again(relation, standing, sql, id_column) %}
    {% set made = this.incorporate(type='table', path={'identifier': this.identifier ~ '__made'}) %}
    {% do drop_relation_if_exists(made) %}
    {% do make_whole(made, sql) %}
    {% set scope = none if id_column else scope_column(relation) %}
    {% if find_other_rows(standing, made, id_column or scope) == 0 %}
        {% do drop_relation_if_exists(made) %}
    {% else %}
        {% do drop_relation_if_exists(standing) %}
        {% do adapter.rename_relation(made, relation) %}
        {% do do_sql(noting_other_rows(id_column) ~ ('; ' ~ noting_other_scopes() if scope else '')) %}
    {% endif %}
{% endmacro %}

{# Make a table's rows of the families of which something changed, and put those of LEAs that came out otherwise in the place of theirs. #}
{% macro make_some(relation, sql, id_column) %}
    {% set families = changed_families() %}
    {% set made = '"temp"."main"."made"' %}
    {% do do_sql("create or replace temp table made as from " ~ relation ~ " limit 0") %}
    {% call statement('main') %}insert into {{ made }} by name {{ of_some_families(sql, families) }}{% endcall %}
    {% if find_other_rows(relation, made, id_column, families) > 0 %}
        {% set others = " where " ~ id_column ~ " in (select id from other_rows)" %}
        {% do do_sql(
            "delete from " ~ relation ~ others ~ "; insert into " ~ relation ~ " by name select * from " ~ made ~ others
            ~ "; " ~ noting_other_rows(id_column)
        ) %}
    {% endif %}
{% endmacro %}

{% materialization view, adapter='duckdb' %}
    {% set relation = this.incorporate(type='view') %}
    {% set standing = load_cached_relation(this) %}
    {% if standing is none or not is_upon_the_last() %}
        {% do drop_relation_if_exists(standing) %}
        {% call statement('main') %}{{ get_create_view_as_sql(relation, sql) }}{% endcall %}
    {% else %}
        {% call noop_statement('main', 'AS IT WAS') %}select 'as it was'{% endcall %}
        {# what changed of the rows that it shows has changed in it #}
        {% set family = 'family' if is_by_lea() else 'null' %}
        {% do do_sql("insert into reuse.changed select distinct '" ~ model.unique_id ~ "', " ~ family ~ " from reuse.changed where " ~ is_read_here()) %}
    {% endif %}
    {% do adapter.commit() %}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}
