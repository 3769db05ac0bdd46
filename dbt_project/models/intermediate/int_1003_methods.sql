-- The method of awarding in force in each fiscal year, with what the law allows at most.
select
    years.fiscal_year,
    years.school_year,
    span.method,
    ruling.title,
    ruling.citation,
    span.confirmed and ruling.confirmed as is_confirmed,
    ruling.method_kind,
    ruling.fill,
    ruling.most_per_unit,
    ruling.minimum_answer,
    ruling.caps_requested,
    {{ to_cents('ruling.lea_cap') }} as lea_cap_cents,
    ruling.last_award,
    -- shares in millionths: whole numbers
    cast(round(ruling.lea_retained_percent * 10000) as bigint) as retained_millionths,
    cast(round(ruling.planning_year_percent * 10000) as bigint) as planning_millionths,
    case
        when ruling.years > law.value
            then
                {{ stop_with("
                    'allocation.yaml: method ' || span.method || ' gives awards of '
                    || cast(ruling.years as string) || ' years; §1003(c) allows '
                    || cast(law.value as string) || ', the planning year included'
                ") }}
        else ruling.years
    end as years,
    cast(law.value as bigint) as most_years,
    ruling.continuing_schools,
    ruling.geography
from {{ ref('int_1003_years') }} as years
inner join {{ ref('stg_allocation__in_force') }} as span
    on
        years.fiscal_year >= span.from_fiscal_year
        and (span.until_fiscal_year is null or years.fiscal_year < span.until_fiscal_year)
inner join {{ ref('stg_allocation__methods') }} as ruling on span.method = ruling.method
inner join {{ ref('law_1003') }} as law
    on
        law.rule_id = 'most_years'
        and years.fiscal_year >= law.from_fiscal_year
        and (law.until_fiscal_year is null or years.fiscal_year < law.until_fiscal_year)
