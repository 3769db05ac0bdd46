-- The lists and tables of a policy, one row an entry: a list's is its code alone, a table's `code=value`.
with entries as (
    select
        school_year,
        parameter,
        {{ split_codes('value') }} as entry
    from {{ ref('int_policy_years') }}
    where
        parameter in (
            'frozen_list_years', 'unused_result_years', 'index_weights', 'index_lower_is_better',
            'index_participation', 'graduation_pooled_methods', 'edfacts_subgroups'
        )
)

select
    school_year,
    parameter,
    split_part(entry, '=', 1) as entry_code,
    nullif(split_part(entry, '=', 2), '') as entry_value,
    try_cast(split_part(entry, '=', 2) as double) as number_value
from entries
where entry <> ''
