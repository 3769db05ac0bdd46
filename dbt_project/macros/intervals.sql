{# Distinct values of a group as one text, in order. #}
{% macro joined_codes(column, separator=',') -%}
    {{ return(adapter.dispatch('joined_codes')(column, separator)) }}
{%- endmacro %}

{% macro default__joined_codes(column, separator) -%}
    string_agg(distinct {{ column }}, '{{ separator }}' order by {{ column }})
{%- endmacro %}

{% macro spark__joined_codes(column, separator) -%}
    nullif(array_join(array_sort(collect_set({{ column }})), '{{ separator }}'), '')
{%- endmacro %}

{# The quotient of two decimals of at most eight places as the double nearest to it: both are whole
   hundred-millionths, so that 4.2 / 7 is 0.6 and not a hair above. #}
{% macro exact_ratio(numerator, denominator) -%}
    cast(cast(({{ numerator }}) as decimal(28, 8)) * cast(100000000 as decimal(10, 0)) as double)
    / nullif(cast(cast(({{ denominator }}) as decimal(28, 8)) * cast(100000000 as decimal(10, 0)) as double), 0)
{%- endmacro %}

{# A quantile by linear interpolation between the two nearest values; nulls do not count. #}
{% macro quantile(column, share) -%}
    {{ return(adapter.dispatch('quantile')(column, share)) }}
{%- endmacro %}

{% macro default__quantile(column, share) -%}
    percentile_cont({{ share }}) within group (order by {{ column }})
{%- endmacro %}

{# Weighed as DuckDB weighs it, to the last bit: Spark's own percentile_cont rounds otherwise. #}
{% macro spark__quantile(column, share) -%}
    transform(
        transform(
            array(array_sort(collect_list(cast({{ column }} as double)))),
            held -> struct(held, (size(held) - 1) * cast({{ share }} as double) as place)
        ),
        at ->
            get(at.held, cast(floor(at.place) as int)) * (1 - (at.place - floor(at.place)))
            + get(at.held, cast(ceil(at.place) as int)) * (at.place - floor(at.place))
    )[0]
{%- endmacro %}

{# An end of Wilson's 95 % interval for a share, to nine decimals: side -1 is the lower, 1 the upper end.
   Null of nothing. The numbers are z = 1.96 (exactly the 97.5 % quantile), its square, and that over 2 and 4. #}
{% macro wilson_bound(successes, n, side) -%}
    {% set end -%}
        (
            {{ successes }} + 1.92072941035e0
            + {{ side }} * 1.95996398454e0 * sqrt(
                cast({{ successes }} as double) * ({{ n }} - {{ successes }}) / {{ n }} + 0.96036470517e0
            )
        ) / ({{ n }} + 3.84145882069e0)
    {%- endset %}
    case
        when {{ n }} > 0 then
            least(1e0, greatest(0e0, {{ rounded(end, 9) }}))
    end
{%- endmacro %}

{# The rank r such that the r-th lowest and the r-th highest of n values hold the median between them in at
   least 95 of 100 samples, whatever the distribution. 0 where n is under six: no two values do. #}
{% macro median_rank(n) -%}
    cast(floor(({{ n }} + 1 - 1.96 * sqrt({{ n }})) / 2) as bigint)
{%- endmacro %}
