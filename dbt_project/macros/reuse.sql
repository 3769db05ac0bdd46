{# What a night need not make again. `reuse.changed` of the build file names what is not as it was in the last night
   (orchestration/warehouse/changed.py says how it is begun): a model or test of which nothing changed stands as it is, and a model
   that was made again and came out with the rows that it had has not changed itself. Only a night that builds upon the last one names a
   selector (orchestration/warehouse/runs.py): without one all is made anew, in a fresh file or by hand. #}

{# Whether all that a node reads is as it was when it was last made. #}
{% macro stands_as_it_was() %}
    {% set read = [] %}
    {% for node in model.depends_on.nodes %}{% do read.append("'" ~ node ~ "'") %}{% endfor %}
    {% set found = run_query("select count(*) from reuse.changed where node in ('', " ~ read | join(', ') ~ ")") %}
    {{ return(found.rows[0][0] == 0) }}
{% endmacro %}

{# Whether two tables of the same columns hold the same rows, in any order: by number, sum and xor of DuckDB's hashes of rows. #}
{% macro hold_the_same(one, other) %}
    {% set sides = [] %}
    {% for side in (one, other) %}
        {% do sides.append("select count(*) as n, coalesce(sum(h), 0) as s, coalesce(bit_xor(h), 0) as x from (select hash(*columns(*)) as h from " ~ side ~ ")") %}
    {% endfor %}
    {% set found = run_query("select count(*) from (" ~ sides | join(' union ') ~ ")") %}
    {{ return(found.rows[0][0] == 1) }}
{% endmacro %}

{% macro note_changed() %}
    {% do run_query("insert into reuse.changed values ('" ~ model.unique_id ~ "', null)") %}
{% endmacro %}

{# A data test on what stands as it was has the answer that it had, which was a pass: nothing else is published. #}
{% materialization test, adapter='duckdb' %}
    {% set asked = sql %}
    {% if invocation_args_dict.get('selector') and stands_as_it_was() %}
        {% set asked = 'select 1 as nothing where false' %}
    {% endif %}
    {% call statement('main', fetch_result=True) -%}
        {{ get_test_sql(asked, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), config.get('limit')) }}
    {%- endcall %}
    {{ return({'relations': []}) }}
{% endmaterialization %}
