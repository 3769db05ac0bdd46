select
    submission_id,
    lea_id,
    period,
    received_at,
    file_name,
    table_name,
    source_sheet,
    source_row,
    source_cell,
    column_name,
    value,
    rule_id,
    severity,
    message,
    own_columns
from {{ source('lake', 'intake__findings') }}
where received_at <= {{ received_until() }}
