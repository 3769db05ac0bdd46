-- A feed is stale where its newest file was refused: what stands then is older than what was sent.
with files as (
    select
        *,
        nullif(feed, '') as feed_name
    from {{ ref('stg_feed__files') }}
),

newest as (
    select
        *,
        row_number() over (
            partition by feed_name, table_name
            order by received_at desc, source_file desc, file_sha256 desc
        ) as recency
    from files
)

select
    source_file,
    coalesce(table_name, '') as table_name,
    feed_name as feed,
    received_at,
    outcome,
    feed_name is not null and recency = 1 and outcome = 'refused' as is_feed_stale,
    message,
    nullif(source_sheet, '') as source_sheet,
    header_row,
    rows_read,
    rows_loaded,
    rows_rejected,
    notes_dropped,
    file_sha256
from newest
