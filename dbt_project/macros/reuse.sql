{# What a night need not make again. `reuse.changed` of the build file names what is not as it was in the last night, and for which
   families of LEAs (orchestration/warehouse/changed.py says how it is begun): a model or test of which nothing changed stands as it is,
   and a model that was made again and came out with the rows that it had has not changed itself. Only a night that builds upon the last
   one names a selector (orchestration/warehouse/runs.py): without one all is made anew, in a fresh file or by hand. #}

{% macro is_upon_the_last() %}
    {{ return(invocation_args_dict.get('selector') is not none) }}
{% endmacro %}

{# A condition on rows of `reuse.changed`: they are of what this node reads. #}
{% macro is_read_here() %}
    {% set read = [] %}
    {% for node in model.depends_on.nodes %}{% do read.append("'" ~ node ~ "'") %}{% endfor %}
    {{ return("node in ('', " ~ read | join(', ') ~ ")") }}
{% endmacro %}

{# How much of what a node reads is not as it was when the node was last made: `nothing`, `some` (families, for a model that counts each
   LEA by itself) or `anything`. #}
{% macro what_changed_here() %}
    {% set found = run_query("select count(*), count(family) from reuse.changed where " ~ is_read_here()).rows[0] %}
    {{ return('nothing' if found[0] == 0 else 'some' if found[0] == found[1] and is_by_lea() else 'anything') }}
{% endmacro %}

{# The families of which something changed that this node reads, as a condition on families. #}
{% macro changed_families() %}
    {{ return("family in (select family from reuse.changed where " ~ is_read_here() ~ ")") }}
{% endmacro %}

{# SQL that notes that this model changed for the LEAs (or organizations) of the table `other_rows`; for anything where one of them is
   unknown. #}
{% macro noting_other_rows(id_column) %}
    {{ return(
        "insert into reuse.changed select distinct '" ~ model.unique_id ~ "', known.family from other_rows left join reuse.families as known "
        ~ "on known.id_column = '" ~ (id_column or '') ~ "' and known.id = other_rows.id"
    ) }}
{% endmacro %}

{# SQL that notes for which scopes a report of several levels changed: who reads it is made again all the same, but of it only their rows
   need be read. #}
{% macro noting_other_scopes() %}
    {{ return("insert into reuse.other_scopes select '" ~ model.unique_id ~ "', id from other_rows") }}
{% endmacro %}

{# A data test on what stands as it was has the answer that it had, which was a pass: nothing else is published. Of a test that asks each
   LEA by itself this holds of each LEA. #}
{% materialization test, adapter='duckdb' %}
    {% set asked = sql %}
    {% if is_upon_the_last() %}
        {% set changed = what_changed_here() %}
        {% if changed == 'nothing' %}
            {% set asked = 'select 1 as nothing where false' %}
        {% elif changed == 'some' %}
            {% set asked = of_some_families(sql, changed_families()) %}
        {% endif %}
    {% endif %}
    {% call statement('main', fetch_result=True) -%}
        {{ get_test_sql(asked, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), config.get('limit')) }}
    {%- endcall %}
    {{ return({'relations': []}) }}
{% endmaterialization %}
