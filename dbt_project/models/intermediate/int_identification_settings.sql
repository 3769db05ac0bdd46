-- The policy's words on identification, one row a school year.
{% set numbers = {
    'result_lag_years': 'result_lag', 'identification_min_n': 'min_n', 'csi_cycle_years': 'csi_cycle',
    'atsi_cycle_years': 'atsi_cycle', 'index_decimals': 'index_decimals', 'graduation_years': 'graduation_years',
    'new_school_years': 'new_school_years', 'tsi_years': 'tsi_years', 'exit_after_years': 'exit_after_years',
    'atsi_escalates_after_years': 'atsi_escalates_after', 'more_rigorous_after_years': 'more_rigorous_after',
    'min_n': 'published_min_n'
} %}
{% set points = {
    'csi_lowest_percent': 'csi_lowest_percent_units', 'graduation_line': 'graduation_line_units',
    'tsi_level': 'tsi_level_units', 'exit_improvement': 'exit_improvement_units'
} %}
{% set words = [
    'frozen_years_in_status', 'index_source', 'index_missing', 'csi_base', 'csi_by_span', 'graduation_indicator',
    'graduation_alternative_indicator', 'graduation_form', 'graduation_comparison', 'graduation_average',
    'graduation_missing_year', 'graduation_n_of', 'small_schools', 'alternative_schools', 'atsi_from', 'tsi_form',
    'exit_form'
] %}
select
    school_year,
    {{ start_of_school_year('school_year') }} as start_year,
    {% for parameter, column in numbers.items() %}
        cast(max(number_value) filter (where parameter = '{{ parameter }}') as bigint) as {{ column }},
    {% endfor %}
    {% for parameter, column in points.items() %}
        {{ to_units("max(number_value) filter (where parameter = '" ~ parameter ~ "')") }} as {{ column }},
    {% endfor %}
    {% for parameter in words %}
        max(value) filter (where parameter = '{{ parameter }}') as {{ parameter }},
    {% endfor %}
    {{ start_of_school_year("max(from_year) filter (where parameter = 'csi_cycle_years')") }}
        as csi_from_year,
    {{ start_of_school_year("max(from_year) filter (where parameter = 'atsi_cycle_years')") }}
        as atsi_from_year
from {{ ref('int_policy_years') }}
group by school_year
having count(*) filter (where parameter = 'result_lag_years') > 0
