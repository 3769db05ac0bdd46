-- What an LEA asks for a school in a fiscal year: the request of the application that stands for the year, in
-- the years that it asks for. A request sent without an application counts from its period's school year.
with applied as (
    select
        org_id as lea_id,
        period,
        school_year
    from {{ ref('int_standing__application_1003') }}
),

sent as (
    select
        request.org_id,
        request.lea_id,
        request.period,
        request.submission_id,
        request.source_sheet,
        request.source_row,
        request.amount,
        request.years,
        request.has_planning_year,
        request.strategy_types,
        request.evidence_tiers,
        coalesce(applied.school_year, periods.school_year) as first_year
    from {{ ref('int_standing__requests_1003') }} as request
    inner join {{ ref('dim_period') }} as periods on request.period = periods.period
    left join applied on request.lea_id = applied.lea_id and request.period = applied.period
),

-- joined by the year itself, so that no two tables are compared row by row
later as (
    {{ numbers_to(9) }}
),

ranked as (
    select
        years.fiscal_year,
        sent.*,
        row_number() over (
            partition by years.fiscal_year, sent.org_id
            order by sent.first_year desc, sent.period desc, sent.submission_id desc
        ) as recency
    from sent
    cross join later
    inner join {{ ref('int_1003_years') }} as years
        on {{ start_of_school_year('sent.first_year') }} + later.n = years.fiscal_year
    where later.n < sent.years
)

select
    fiscal_year,
    org_id,
    lea_id,
    period,
    submission_id,
    source_sheet,
    source_row,
    first_year,
    amount,
    years,
    has_planning_year,
    strategy_types,
    evidence_tiers
from ranked
where recency = 1
