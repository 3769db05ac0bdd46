-- The application that stands for an LEA in a fiscal year: the one for that school year, else the newest of
-- the years before for as long as a subgrant may last (§1003(c)); of two for a year the one sent last.
with sent as (
    select
        application.*,
        {{ start_of_school_year('application.school_year') }} as first_start
    from {{ ref('int_standing__application_1003') }} as application
),

-- joined by the year itself, so that no two tables are compared row by row
later as (
    {{ numbers_to(9) }}
),

ranked as (
    select
        years.fiscal_year,
        years.school_year,
        sent.org_id as lea_id,
        sent.period,
        sent.submission_id,
        sent.source_sheet,
        sent.source_row,
        sent.school_year as first_year,
        sent.assures_csi_plans,
        sent.assures_tsi_support,
        sent.assures_monitoring,
        sent.assures_partner_review,
        sent.assures_alignment,
        sent.assures_flexibility,
        sent.assures_state_local_funds,
        row_number() over (
            partition by years.fiscal_year, sent.org_id
            order by sent.first_start desc, sent.period desc, sent.submission_id desc
        ) as recency
    from sent
    cross join later
    inner join {{ ref('int_1003_years') }} as years on sent.first_start + later.n = years.fiscal_year
    inner join {{ ref('int_1003_settings') }} as setting on years.fiscal_year = setting.fiscal_year
    where later.n < setting.most_years
)

select
    fiscal_year,
    school_year,
    lea_id,
    period,
    submission_id,
    source_sheet,
    source_row,
    first_year,
    assures_csi_plans,
    assures_tsi_support,
    assures_monitoring,
    assures_partner_review,
    assures_alignment,
    assures_flexibility,
    assures_state_local_funds
from ranked
where recency = 1
