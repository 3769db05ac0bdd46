-- Every figure of a measure's year under each code and family that it counts under.
select
    figure.org_id,
    figure.lea_id,
    figure.school_year,
    figure.measure_kind,
    figure.parent_code,
    figure.measure_no,
    figure.part,
    coded.code_level,
    coded.code,
    figure.is_reported,
    figure.is_suppressed,
    figure.is_met,
    figure.progress
from {{ ref('fct_measure_year') }} as figure
inner join {{ ref('int_measure_codes') }} as coded
    on
        figure.org_id = coded.org_id
        and figure.school_year = coded.school_year
        and figure.parent_code = coded.parent_code
        and figure.measure_no = coded.measure_no
union all
select
    org_id,
    lea_id,
    school_year,
    measure_kind,
    parent_code,
    measure_no,
    part,
    'family' as code_level,
    indicator_family as code,
    is_reported,
    is_suppressed,
    is_met,
    progress
from {{ ref('fct_measure_year') }}
