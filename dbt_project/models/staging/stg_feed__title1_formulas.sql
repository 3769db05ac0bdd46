select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    fiscal_year,
    lea_id,
    formula,
    amount,
    base_amount,
    formula_children_percent,
    is_eligible
from {{ source('lake', 'feed__title1_formulas') }}
where received_at <= {{ received_until() }}
