{# Models that count each LEA by itself (`meta: {by_lea: true}`): the rows of an LEA rest on that LEA's rows of what they read, and on all
   of what is of no LEA. So they can be made for some LEAs, from views that show those alone: in a night for the LEAs of which something
   changed, and in a whole build for one part of the state after the other, each of which fits into memory. LEAs that spoke of the same
   organization are one family (orchestration/warehouse/families.py) and are never taken apart. #}

{% macro is_by_lea() %}
    {{ return(config.get('meta', {}).get('by_lea', false)) }}
{% endmacro %}

{# Run SQL, one statement or several, that gives no answer: what an answer costs dbt is more than most of these statements take. #}
{% macro do_sql(sql) %}
    {% call statement(auto_begin=false) %}{{ sql }}{% endcall %}
{% endmacro %}

{# The column by which rows of tables are of a family, by the table's name as the SQL has it: the organization where there is one (an
   organization of which no LEA is known has one, too), else the LEA. What is of no LEA has none. #}
{% macro lea_columns(relations) %}
    {% set asked = [] %}
    {% for relation in relations %}
        {% do asked.append(
            "select " ~ loop.index0 ~ ", max(name) from pragma_table_info('" ~ relation ~ "') where name in ('lea_id', 'org_id')"
        ) %}
    {% endfor %}
    {% set by_name = {} %}
    {% for row in (run_query(asked | join(' union all ')).rows if asked else []) if row[1] %}
        {% do by_name.update({relations[row[0] | int] | string: row[1]}) %}
    {% endfor %}
    {{ return(by_name) }}
{% endmacro %}

{# The column that names the organization, LEA or region of a row, or the state, in a report of several levels; none where there is none. #}
{% macro scope_column(relation) %}
    {% set found = run_query("select name from pragma_table_info('" ~ relation ~ "') where name = 'scope_id'") %}
    {{ return('scope_id' if found.rows | length else none) }}
{% endmacro %}

{# The SQL of this model or test for some families alone: with views in the place of what it reads of LEAs. #}
{% macro of_some_families(sql, families) %}
    {% set relations = [] %}
    {% for id in model.depends_on.nodes %}{% do relations.append((graph.nodes.get(id) or graph.sources.get(id)).relation_name) %}{% endfor %}
    {% set seen = namespace(sql=sql) %}
    {% set views = [] %}
    {% for relation, id_column in lea_columns(relations).items() %}
        {% set view = '"temp"."main"."some_of__' ~ relation.split('"')[5] ~ '"' %}
        {% do views.append(
            "create or replace temp view " ~ view ~ " as select * from " ~ relation ~ " where " ~ id_column
            ~ " in (select id from reuse.families where id_column = '" ~ id_column ~ "' and " ~ families ~ ")"
        ) %}
        {% set seen.sql = seen.sql | replace(relation, view) %}
    {% endfor %}
    {% do do_sql(views | join('; ')) if views %}
    {{ return(seen.sql) }}
{% endmacro %}

{# The parts in which a whole build makes this model, as conditions on families; one that is always true where it is made at once. #}
{% macro parts_of_the_state() %}
    {% set parts = [] %}
    {% if is_by_lea() %}
        {% for row in run_query("select distinct part from reuse.families order by part").rows %}{% do parts.append("part = " ~ row[0]) %}{% endfor %}
    {% endif %}
    {{ return(parts if parts | length > 1 else ['true']) }}
{% endmacro %}

{# Make a whole table, part after part of the state. #}
{% macro make_whole(relation, sql) %}
    {% for part in parts_of_the_state() %}
        {% set asked = sql if part == 'true' else of_some_families(sql, part) %}
        {% call statement('main') %}
            {% if loop.first %}{{ create_table_as(False, relation, asked) }}{% else %}insert into {{ relation }} by name {{ asked }}{% endif %}
        {% endcall %}
    {% endfor %}
{% endmacro %}

{# The LEAs (or organizations) of which two tables hold other rows, into a temporary table: by number, sum and xor of DuckDB's hashes of
   rows. Where no column says of which LEA a row is, null stands for all. Families: which alone are looked at. The number found. #}
{% macro find_other_rows(standing, made, id_column, families='true') %}
    {% set id = id_column or 'cast(null as varchar)' %}
    {% set sides = [] %}
    {% for side in (standing, made) %}
        {% set among = " where " ~ id ~ " in (select id from reuse.families where id_column = '" ~ id ~ "' and " ~ families ~ ")" %}
        {% do sides.append(
            "select id, count(*) as n, sum(h) as s, bit_xor(h) as x from (select " ~ id ~ " as id, hash(*columns(*)) as h from " ~ side ~ (among if families != 'true' else "") ~ ") group by id"
        ) %}
    {% endfor %}
    {% set found = run_query(
        "create or replace temp table other_rows as select id from (" ~ sides | join(' union all ') ~ ") group by id "
        ~ "having count(*) < 2 or min(n) < max(n) or min(s) < max(s) or min(x) < max(x); select count(*) from other_rows"
    ) %}
    {{ return(found.rows[0][0]) }}
{% endmacro %}
