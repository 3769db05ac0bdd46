{# The rows of a submission table that stand, of every period. #}
{% macro standing_rows(table, columns) %}
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
inner join {{ ref('int_standing_files') }} as standing_file
    on
        statement.org_id = standing_file.org_id
        and statement.period = standing_file.period
        and statement.submission_id = standing_file.submission_id
        and standing_file.table_name = '{{ table }}'
{% endmacro %}

{# The rows of a plan's table as the organization last stated it in a school year: those of its last
   period with the table. What a later file of the year no longer holds has left the plan. #}
{% macro plan_rows(table, columns) %}
with of_year as (
    select
        standing_file.org_id,
        periods.school_year,
        standing_file.period,
        standing_file.submission_id,
        row_number() over (
            partition by standing_file.org_id, periods.school_year order by standing_file.period desc
        ) as recency
    from {{ ref('int_standing_files') }} as standing_file
    inner join {{ ref('dim_period') }} as periods on standing_file.period = periods.period
    where standing_file.table_name = '{{ table }}'
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
