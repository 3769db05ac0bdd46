-- Every level is the sum of its LEAs' findings. Files and LEAs are counted anew in each span, because
-- those of the months do not add up to those of the year.
{% set spans = [('month', 'period'), ('school_year', 'school_year')] %}
{% set scopes = [('lea', 'lea_id'), ('region', 'region'), ('state', "'state'")] %}
with submissions as (
    select
        submission.submission_id,
        submission.lea_id,
        submission.outcome,
        submission.period,
        submission.school_year,
        coalesce(organization.region, 'unknown') as region
    from {{ ref('fct_submission') }} as submission
    left join {{ ref('dim_organization') }} as organization
        on submission.lea_id = organization.org_id
),

placed as (
    {% for scope_level, scope_id in scopes %}
        {% for span_level, span in spans %}
            select
                '{{ scope_level }}' as scope_level,
                {{ scope_id }} as scope_id,
                '{{ span_level }}' as span_level,
                coalesce({{ span }}, 'unknown') as span,
                school_year,
                submission_id,
                lea_id,
                outcome
            from submissions
            {{ 'union all' if not loop.last }}
        {% endfor %}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

received as (
    select
        scope_level,
        scope_id,
        span_level,
        span,
        count(*) as n_submissions
    from placed
    group by scope_level, scope_id, span_level, span
),

rows_of_files as (
    select submission_id, table_name, rows_read
    from {{ ref('stg_intake__tables') }}
    union all
    -- what is wrong with a file as a whole is laid beside all its rows
    select
        submission_id,
        '' as table_name,
        sum(rows_read) as rows_read
    from {{ ref('stg_intake__tables') }}
    group by submission_id
),

rows_read as (
    select
        placed.scope_level,
        placed.scope_id,
        placed.span_level,
        placed.span,
        rows_of_files.table_name,
        sum(rows_of_files.rows_read) as n_rows_read
    from placed
    inner join rows_of_files on placed.submission_id = rows_of_files.submission_id
    group by placed.scope_level, placed.scope_id, placed.span_level, placed.span, rows_of_files.table_name
),

causes as (
    select
        placed.scope_level,
        placed.scope_id,
        placed.span_level,
        placed.span,
        finding.rule_id,
        finding.severity,
        coalesce(finding.table_name, '') as table_name,
        coalesce(finding.column_name, '') as column_name,
        max(placed.school_year) as school_year,
        max(finding.rule_checks) as rule_checks,
        count(*) as n_findings,
        count(*) filter (where finding.is_open) as n_open,
        count(*) filter (where placed.outcome <> 'refused') as n_findings_in_accepted,
        count(distinct placed.submission_id) as n_submissions_touched,
        count(distinct placed.lea_id) as n_leas_touched,
        min(finding.received_at) as first_received_at,
        max(finding.received_at) as last_received_at
    from placed
    inner join {{ ref('fct_reject') }} as finding on placed.submission_id = finding.submission_id
    group by
        placed.scope_level, placed.scope_id, placed.span_level, placed.span, finding.rule_id,
        finding.severity, coalesce(finding.table_name, ''), coalesce(finding.column_name, '')
)

select
    causes.scope_level,
    causes.scope_id,
    causes.span_level,
    causes.span,
    causes.school_year,
    causes.rule_id,
    causes.severity,
    causes.table_name,
    causes.column_name,
    causes.rule_checks,
    causes.n_findings,
    causes.n_open,
    causes.n_findings_in_accepted,
    cast(coalesce(rows_read.n_rows_read, 0) as bigint) as n_rows_read,
    {{ rate('causes.n_findings_in_accepted', 'rows_read.n_rows_read') }} as findings_per_row,
    causes.n_submissions_touched,
    received.n_submissions,
    {{ rate('causes.n_submissions_touched', 'received.n_submissions') }} as submissions_share,
    causes.n_leas_touched,
    causes.first_received_at,
    causes.last_received_at
from causes
inner join received
    on
        causes.scope_level = received.scope_level
        and causes.scope_id = received.scope_id
        and causes.span_level = received.span_level
        and causes.span = received.span
left join rows_read
    on
        causes.scope_level = rows_read.scope_level
        and causes.scope_id = rows_read.scope_id
        and causes.span_level = rows_read.span_level
        and causes.span = rows_read.span
        and causes.table_name = rows_read.table_name
