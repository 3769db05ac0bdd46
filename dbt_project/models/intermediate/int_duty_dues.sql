-- The policy's due rules taken apart, one row a rule: plan=120d, additional_action.CSI=4y90d,
-- periodic_review=05-31.
with listed as (
    select
        school_year,
        {{ split_codes('value') }} as entry
    from {{ ref('int_policy_years') }}
    where parameter = 'duty_due'
),

entries as (
    select
        school_year,
        trim(entry) as entry
    from listed
),

named as (
    select
        school_year,
        regexp_replace(entry, '[.=].*$', '') as duty_code,
        case
            when entry like '%.%=%'
                then regexp_replace(regexp_replace(entry, '^[^.]*[.]', ''), '=.*$', '')
            else 'any'
        end as category,
        regexp_replace(entry, '^[^=]*=', '') as due_rule
    from entries
)

select
    school_year,
    duty_code,
    category,
    cast(nullif(regexp_extract(due_rule, '([0-9]+)y', 1), '') as integer) as due_years,
    cast(nullif(regexp_extract(due_rule, '([0-9]+)d', 1), '') as integer) as due_days,
    cast(nullif(regexp_extract(due_rule, '^([0-9]+)-', 1), '') as integer) as due_month,
    cast(nullif(regexp_extract(due_rule, '-([0-9]+)$', 1), '') as integer) as due_day
from named
