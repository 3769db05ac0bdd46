-- What the state has promised for a fiscal year: awards that go on, and its own services to LEAs. A year
-- past the award's term or the law's, and a direct service without the LEA's approval, are kept and not
-- paid.
with ranked as (
    select
        *,
        row_number() over (
            partition by award_id, fiscal_year order by received_at desc, source_file desc, source_row desc
        ) as recency
    from {{ ref('stg_feed__subgrants') }}
),

judged as (
    select
        ranked.*,
        coalesce(ranked.recipient_id, ranked.lea_id) as paid_to,
        coalesce(ranked.recipient_kind, 'lea') as paid_to_kind,
        coalesce(ranked.is_direct_service, false) as is_direct,
        ranked.first_fiscal_year + least(ranked.years, cast(law.value as bigint)) - 1 as last_fiscal_year,
        case
            when ranked.fiscal_year < ranked.first_fiscal_year then 'not_yet'
            when ranked.fiscal_year > ranked.first_fiscal_year + least(ranked.years, law.value) - 1
                then 'over_term'
            when coalesce(ranked.is_direct_service, false) and ranked.lea_approved_on is null
                then 'not_approved'
            else 'committed'
        end as standing
    from ranked
    inner join {{ ref('law_1003') }} as law
        on
            law.rule_id = 'most_years'
            and ranked.fiscal_year >= law.from_fiscal_year
            and (law.until_fiscal_year is null or ranked.fiscal_year < law.until_fiscal_year)
    where ranked.recency = 1
)

select
    fiscal_year,
    award_id,
    org_id,
    lea_id,
    paid_to as recipient_id,
    paid_to_kind as recipient_kind,
    standing,
    {{ to_cents('amount') }} as stated_cents,
    case when standing = 'committed' then {{ to_cents('amount') }} else 0 end as paid_cents,
    first_fiscal_year,
    last_fiscal_year,
    years,
    coalesce(has_planning_year, false) and fiscal_year = first_fiscal_year as is_planning_year,
    is_direct as is_direct_service,
    lea_approved_on,
    justification,
    source_file,
    source_sheet,
    source_row
from judged
