-- What the directory's details say of an organization: each from the newest vintage that has it, an address
-- whole from one vintage; phones as their digits, ZIP codes in their two parts.
with vintages as (
    select
        *,
        cast(effective_on as string) || ' ' || cast(received_at as string) || ' ' || source_file as recency
    from {{ ref('stg_feed__directory_details') }}
),

newest as (
    select
        org_id,
        max_by(phone, recency) filter (where phone is not null) as phone,
        max_by(web_address, recency) filter (where web_address is not null) as web_address,
        max_by(mailing_address, recency) filter (where mailing_address is not null) as mailing_address,
        -- DuckDB's max_by passes over nulls, which would mix two addresses
        {% for part in ['city', 'state', 'zip'] -%}
            max_by(coalesce(mailing_{{ part }}, ''), recency)
            filter (where mailing_address is not null) as mailing_{{ part }},
        {% endfor -%}
        max_by(location_address, recency) filter (where location_address is not null) as location_address,
        {% for part in ['city', 'state', 'zip'] -%}
            max_by(coalesce(location_{{ part }}, ''), recency)
            filter (where location_address is not null) as location_{{ part }},
        {% endfor -%}
        max_by(type_code, recency) filter (where type_code is not null) as type_code,
        max_by(charter_code, recency) filter (where charter_code is not null) as charter_code,
        max_by(reconstituted_code, recency)
        filter (where reconstituted_code is not null) as reconstituted_code
    from vintages
    group by org_id
)

select
    org_id,
    nullif(regexp_extract(translate(phone, '()-./+ ', ''), '^([0-9]{10})$', 1), '') as phone,
    web_address,
    mailing_address,
    nullif(mailing_city, '') as mailing_city,
    nullif(mailing_state, '') as mailing_state,
    nullif(regexp_extract(mailing_zip, '^([0-9]{5})(-?[0-9]{4})?$', 1), '') as mailing_zip,
    nullif(regexp_extract(mailing_zip, '^[0-9]{5}-?([0-9]{4})$', 1), '') as mailing_zip4,
    location_address,
    nullif(location_city, '') as location_city,
    nullif(location_state, '') as location_state,
    nullif(regexp_extract(location_zip, '^([0-9]{5})(-?[0-9]{4})?$', 1), '') as location_zip,
    nullif(regexp_extract(location_zip, '^[0-9]{5}-?([0-9]{4})$', 1), '') as location_zip4,
    type_code,
    charter_code,
    reconstituted_code
from newest
