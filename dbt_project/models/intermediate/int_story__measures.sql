-- What a story may tell of measures. A figure about students is told only where it is known that it rests on
-- enough of them: not where it is suppressed, and not where their number is untold or is that of all parts
-- of the measure together.
with placed as (
    select
        org_id,
        lea_id,
        school_year,
        measure_kind,
        parent_code,
        measure_no,
        part,
        indicator,
        baseline,
        target,
        actual,
        n_students,
        is_met,
        unit,
        case
            when not is_reported then 'no_result'
            when is_suppressed then 'suppressed'
            when measure_kind = 'goal' and (part <> 'all' or n_students is null) then 'untold_students'
            when is_met is null then 'not_readable'
            else 'readable'
        end as place
    from {{ ref('fct_measure_year') }}
),

counted as (
    select
        org_id,
        school_year,
        measure_kind,
        count(*) as n_figures,
        count(*) filter (where place = 'no_result') as n_no_result,
        count(*) filter (where place = 'suppressed') as n_suppressed,
        count(*) filter (where place = 'untold_students') as n_untold_students,
        count(*) filter (where place = 'not_readable') as n_not_readable,
        count(*) filter (where place = 'readable') as n_readable,
        count(*) filter (where place = 'readable' and is_met) as n_met
    from placed
    group by org_id, school_year, measure_kind
)

{% for sentence, kind, n, of in [
    ('goals_met', 'goal', 'n_met', 'n_readable'),
    ('goals_not_met', 'goal', 'n_readable - n_met', 'n_readable'),
    ('practice_measures_met', 'strategy', 'n_met', 'n_readable'),
    ('goals_without_result', 'goal', 'n_no_result', 'n_figures'),
    ('goals_suppressed', 'goal', 'n_suppressed', 'n_figures'),
    ('goals_not_for_letters', 'goal', 'n_untold_students', 'n_figures'),
    ('goals_not_readable', 'goal', 'n_not_readable', 'n_figures'),
] %}
    select
        org_id,
        school_year,
        '{{ sentence }}' as sentence_id,
        'year' as item_key,
        {{ n }} as numerator,
        {{ of }} as denominator,
        cast(null as double) as figure,
        cast(null as double) as baseline,
        cast(null as double) as year_target,
        cast(null as string) as quoted,
        cast(null as string) as unit
    from counted
    where measure_kind = '{{ kind }}'
    union all
{% endfor %}
select
    org_id,
    school_year,
    'goal_measure' as sentence_id,
    parent_code || ' measure ' || cast(measure_no as string) as item_key,
    cast(null as bigint) as numerator,
    n_students as denominator,
    cast(actual as double) as figure,
    cast(baseline as double) as baseline,
    cast(target as double) as year_target,
    trim(indicator) as quoted,
    unit
from placed
where measure_kind = 'goal' and place = 'readable' and baseline is not null
