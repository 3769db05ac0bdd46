select
    source_file,
    file_sha256,
    received_at,
    source_sheet,
    source_row,
    effective_on,
    org_id,
    phone,
    web_address,
    mailing_address,
    mailing_city,
    mailing_state,
    mailing_zip,
    location_address,
    location_city,
    location_state,
    location_zip,
    type_code,
    charter_code,
    reconstituted_code
from {{ source('lake', 'feed__directory_details') }}
where received_at <= {{ received_until() }}
