select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    duty_code,
    duty_title,
    asks,
    category,
    owed_by,
    recurs,
    needs_approval,
    due_years,
    due_days,
    due_month,
    due_day,
    from_year,
    until_year,
    citation
from {{ source('lake', 'feed__state_duties') }}
where received_at <= {{ received_until() }}
