{% set tables = [
    'action_status', 'actions', 'application_1003', 'duties', 'expenditures', 'goals',
    'measure_results', 'measures', 'milestone_reports', 'milestones', 'needs',
    'organizations', 'priorities', 'requests_1003', 'root_causes', 'self_reflection',
    'self_reflection_notes', 'strategies', 'strategy_reports', 'supports',
] %}
-- For each organization, period and table, the file that stands: the one received last among the LEA's
-- standing files of the table. Two LEAs may both have spoken for a school that moved; then the later one
-- stands. Files are told apart before they are compared: a file has dozens of rows for an organization.
with files as (
    {% for table in tables %}
        select distinct
            '{{ table }}' as table_name,
            org_id,
            period,
            submission_id,
            received_at
        from {{ ref('stg_submission__' ~ table) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    files.table_name,
    files.org_id,
    files.period,
    max_by(
        files.submission_id, cast(files.received_at as string) || ' ' || files.submission_id
    ) as submission_id
from files
inner join {{ ref('int_standing_tables') }} as standing
    on
        files.submission_id = standing.submission_id
        and files.table_name = standing.table_name
group by files.table_name, files.org_id, files.period
