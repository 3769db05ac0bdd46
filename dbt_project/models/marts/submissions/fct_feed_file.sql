-- A feed is stale where its newest file was refused: what stands then is older than what was sent.
with newest as (
    select
        *,
        row_number() over (
            partition by feed, table_name order by received_at desc, source_file desc, file_sha256 desc
        ) as recency
    from {{ ref('stg_feed__files') }}
)

select
    source_file,
    coalesce(table_name, '') as table_name,
    feed,
    received_at,
    outcome,
    feed is not null and recency = 1 and outcome = 'refused' as is_feed_stale,
    message,
    source_sheet,
    header_row,
    rows_read,
    rows_loaded,
    rows_rejected,
    notes_dropped,
    file_sha256
from newest
