-- Everything that intake found, with what has become of the file since. A finding is open until its LEA
-- sends another file for the month that holds the same table and is not refused; what it found wrong in
-- a withdrawn file is nobody's to mend.
with findings as (
    select
        *,
        -- findings that are alike in all of these are alike in everything
        row_number() over (
            partition by submission_id
            order by
                source_sheet nulls first, source_row nulls first, source_cell nulls first,
                column_name nulls first, rule_id, severity, value nulls first, table_name nulls first,
                message nulls first, own_columns nulls first
        ) as finding_no
    from {{ ref('stg_intake__findings') }}
),

submissions as (
    select
        *,
        cast(received_at as string) || ' ' || submission_id as recency
    from {{ ref('fct_submission') }}
),

spoken as (
    select
        submissions.lea_id,
        submissions.period,
        held.table_name,
        submissions.recency
    from {{ ref('stg_intake__tables') }} as held
    inner join submissions on held.submission_id = submissions.submission_id
    where submissions.outcome <> 'refused' and not submissions.is_withdrawn
    union all
    -- what is wrong with a file as a whole, any later file may have mended
    select
        lea_id,
        period,
        '' as table_name,
        recency
    from submissions
    where outcome <> 'refused' and not is_withdrawn
),

last_spoken as (
    select
        lea_id,
        period,
        table_name,
        max(recency) as recency
    from spoken
    group by lea_id, period, table_name
)

select
    findings.submission_id,
    cast(findings.finding_no as bigint) as finding_no,
    submissions.lea_id,
    submissions.period,
    submissions.school_year,
    submissions.received_at,
    submissions.is_late,
    submissions.outcome,
    case
        when submissions.outcome = 'refused' then 'refused'
        when submissions.is_withdrawn then 'withdrawn'
        when submissions.is_superseded then 'superseded'
        else 'standing'
    end as submission_state,
    case
        when submissions.period is null then null
        when submissions.is_withdrawn then false
        else coalesce(last_spoken.recency <= submissions.recency, true)
    end as is_open,
    findings.severity,
    findings.rule_id,
    rules.rule_checks,
    findings.file_name,
    findings.table_name,
    findings.source_sheet,
    findings.source_row,
    findings.source_cell,
    findings.column_name,
    findings.value,
    findings.message,
    findings.own_columns
from findings
inner join submissions on findings.submission_id = submissions.submission_id
left join {{ ref('intake_rules') }} as rules on findings.rule_id = rules.rule_id
left join last_spoken
    on
        submissions.lea_id = last_spoken.lea_id
        and submissions.period = last_spoken.period
        and coalesce(findings.table_name, '') = last_spoken.table_name
