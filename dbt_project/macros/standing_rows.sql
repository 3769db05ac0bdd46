{# The rows of a submission table that stand: for each organization and period, those of the file that
   was received last among the LEA's standing files. Two LEAs may both have spoken for a school that
   moved; then the later one stands. #}
{% macro standing_rows(table, columns) %}
with standing_files as (
    select
        statement.org_id,
        statement.period,
        max_by(
            statement.submission_id, cast(statement.received_at as varchar) || ' ' || statement.submission_id
        ) as submission_id
    from {{ ref('stg_submission__' ~ table) }} as statement
    inner join {{ ref('int_standing_tables') }} as standing
        on
            statement.submission_id = standing.submission_id
            and standing.table_name = '{{ table }}'
    group by statement.org_id, statement.period
)

select
    statement.org_id,
    statement.lea_id,
    statement.period,
    statement.submission_id,
    statement.source_sheet,
    statement.source_row,
    {% for column in columns %}statement.{{ column }}{{ "," if not loop.last }}
    {% endfor %}
from {{ ref('stg_submission__' ~ table) }} as statement
inner join standing_files
    on
        statement.org_id = standing_files.org_id
        and statement.period = standing_files.period
        and statement.submission_id = standing_files.submission_id
{% endmacro %}
