-- Graduation over one, two and three years, either way of putting years together, as a fraction of whole
-- numbers: graduates over students (pooled), or the sum of the rates over as many times 100 per cent.
{% for n_years in [1, 2, 3] %}
    select
        org_id,
        school_year,
        indicator,
        cast({{ n_years }} as bigint) as n_years,
        count(*) as n_years_found,
        bool_or(years_back = 0) as has_latest_year,
        cast(sum(numerator_units) as bigint) as pooled_part,
        cast(sum(case when numerator_units is not null then denominator_units end) as bigint) as pooled_whole,
        count(numerator_units) as n_pooled_years,
        cast(sum(rate_units) as bigint) as mean_part,
        1000000 * count(rate_units) as mean_whole,
        count(rate_units) as n_mean_years,
        max(case when years_back = 0 then denominator_units end) as latest_students_units,
        min(denominator_units) as least_students_units,
        cast(sum(denominator_units) as bigint) as pooled_students_units
    from {{ ref('int_graduation_statements') }}
    where years_back < {{ n_years }}
    group by org_id, school_year, indicator
    {{ 'union all' if not loop.last }}
{% endfor %}
