{# For each organization and period, the file that stands: the one received last among the LEA's standing
   files of the table. Two LEAs may both have spoken for a school that moved; then the later one stands. #}
{% macro standing_files(table) %}
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
{% endmacro %}

{# The rows of a submission table that stand, of every period. #}
{% macro standing_rows(table, columns) %}
with standing_files as ({{ standing_files(table) }})

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

{# The rows of a plan's table as the organization last stated it in a school year: those of its last
   period with the table. What a later file of the year no longer holds has left the plan. #}
{% macro plan_rows(table, columns) %}
with standing_files as ({{ standing_files(table) }}),

of_year as (
    select
        standing_files.org_id,
        periods.school_year,
        standing_files.period,
        standing_files.submission_id,
        row_number() over (
            partition by standing_files.org_id, periods.school_year order by standing_files.period desc
        ) as recency
    from standing_files
    inner join {{ ref('dim_period') }} as periods on standing_files.period = periods.period
)

select
    statement.org_id,
    statement.lea_id,
    of_year.school_year,
    statement.period as stated_in_period,
    statement.submission_id,
    statement.source_sheet,
    statement.source_row,
    {% for column in columns %}statement.{{ column }}{{ "," if not loop.last }}
    {% endfor %}
from {{ ref('stg_submission__' ~ table) }} as statement
inner join of_year
    on
        statement.org_id = of_year.org_id
        and statement.period = of_year.period
        and statement.submission_id = of_year.submission_id
where of_year.recency = 1
{% endmacro %}
