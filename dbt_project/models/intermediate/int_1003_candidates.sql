-- Whom the rules of eligibility look at in a fiscal year: every school with a designation or a request, and
-- an LEA that applied and has neither, as itself. With everything that the rules look at.
with schools as (
    select
        fiscal_year,
        org_id
    from {{ ref('int_1003_designated') }}
    union distinct
    select
        fiscal_year,
        org_id
    from {{ ref('int_1003_requests') }}
),

placed as (
    select
        schools.fiscal_year,
        schools.org_id,
        coalesce(organization.lea_id, request.lea_id, 'unknown') as lea_id,
        true as is_school
    from schools
    left join {{ ref('dim_organization') }} as organization on schools.org_id = organization.org_id
    left join {{ ref('int_1003_requests') }} as request
        on schools.fiscal_year = request.fiscal_year and schools.org_id = request.org_id
),

leas as (
    select distinct
        fiscal_year,
        lea_id
    from placed
),

everybody as (
    select * from placed
    union all
    select
        application.fiscal_year,
        application.lea_id as org_id,
        application.lea_id,
        false as is_school
    from {{ ref('int_1003_applications') }} as application
    left join leas
        on application.fiscal_year = leas.fiscal_year and application.lea_id = leas.lea_id
    where leas.lea_id is null
),

facts as (
    select
        fiscal_year,
        org_id,
        {% for name in [
            'is_charter', 'has_external_partners', 'is_direct_service', 'direct_service_approved_on',
        ] %}
            max(case when fact = '{{ name }}' then text_value end) as {{ name }},
        {% endfor %}
        max(case when fact = 'is_title1' then text_value end) as is_title1,
        cast(max(case when fact = 'first_funded_fiscal_year' then number_value end) as bigint)
            as first_funded_fiscal_year
    from {{ ref('int_1003_facts') }}
    group by fiscal_year, org_id
),

ranked_plans as (
    select
        years.fiscal_year,
        quality.org_id,
        quality.school_year as plan_year,
        quality.outcome,
        quality.n_items,
        quality.n_failing,
        quality.failing_items,
        quality.submission_id,
        quality.source_sheet,
        quality.source_row,
        row_number() over (
            partition by years.fiscal_year, quality.org_id order by quality.school_year desc
        ) as recency
    from {{ ref('rpt_plan_quality') }} as quality
    cross join {{ ref('int_1003_years') }} as years
    where quality.criterion_id = 'evidence_1003_each' and quality.school_year <= years.school_year
),

-- the plan of the newest school year that is not after that of the money
plans as (
    select *
    from ranked_plans
    where recency = 1
),

-- an approval of a plan counts from the school year in which the school got its category on
approvals as (
    select
        listed.fiscal_year,
        listed.org_id,
        max(case when approval.duty_code = 'approval_school' then approval.approved_on end)
            as approved_by_school_on,
        max(case when approval.duty_code = 'approval_lea' then approval.approved_on end)
            as approved_by_lea_on,
        max(case when approval.duty_code = 'approval_sea' then approval.approved_on end)
            as approved_by_sea_on
    from {{ ref('int_1003_designated') }} as listed
    inner join {{ ref('int_1003_approvals') }} as approval on listed.org_id = approval.org_id
    where approval.approved_on >= listed.identified_from
    group by listed.fiscal_year, listed.org_id
),

categories as (
    select
        fiscal_year,
        {{ split_codes('eligible_categories') }} as category
    from {{ ref('int_1003_settings') }}
),

-- the tiers that a request names, those among them that §1003 may not pay
tiers as (
    select
        fiscal_year,
        org_id,
        count(*) filter (where trim(evidence_tier) not in ('1', '2', '3')) as n_other_tiers
    from (
        select
            fiscal_year,
            org_id,
            {{ split_codes('evidence_tiers') }} as evidence_tier
        from {{ ref('int_1003_requests') }}
    ) as named
    group by fiscal_year, org_id
),

joined as (
    select
        everybody.fiscal_year,
        years.school_year,
        years.designated_year,
        everybody.lea_id,
        everybody.org_id,
        everybody.is_school,
        organization.org_name,
        listed.category,
        listed.reason,
        organization.org_id is not null as is_in_directory,
        organization.status,
        coalesce(
            organization.status = 'open'
            or organization.closed_on > make_date(
                cast(years.fiscal_year as integer), cast(of_state.school_year_first_month as integer), 1
            ),
            false
        ) as is_open,
        application.lea_id is not null as has_application,
        application.first_year as application_year,
        application.assures_csi_plans,
        application.assures_tsi_support,
        application.assures_monitoring,
        application.assures_partner_review,
        application.assures_alignment,
        application.assures_flexibility,
        application.assures_state_local_funds,
        application.submission_id as application_submission_id,
        application.source_sheet as application_source_sheet,
        application.source_row as application_source_row,
        request.org_id is not null as has_request,
        request.amount as requested_amount,
        request.years as requested_years,
        request.has_planning_year,
        request.evidence_tiers,
        request.submission_id as request_submission_id,
        request.source_sheet as request_source_sheet,
        request.source_row as request_source_row,
        coalesce(tiers.n_other_tiers, 0) as n_other_tiers,
        plan.plan_year,
        coalesce(plan.outcome, 'not_applicable') as plan_evidence,
        plan.n_items as n_paid_strategies,
        plan.n_failing as n_paid_without_evidence,
        plan.failing_items as paid_without_evidence,
        plan.submission_id as plan_submission_id,
        plan.source_sheet as plan_source_sheet,
        plan.source_row as plan_source_row,
        approval.approved_by_school_on,
        approval.approved_by_lea_on,
        approval.approved_by_sea_on,
        fact.is_title1,
        fact.is_charter,
        coalesce(fact.has_external_partners, lea_fact.has_external_partners) as has_external_partners,
        coalesce(fact.is_direct_service = 'true', false) as is_direct_service,
        fact.direct_service_approved_on,
        fact.first_funded_fiscal_year,
        paid.category is not null as is_paid_category,
        setting.eligible_title1,
        setting.eligible_charters,
        setting.request_needed,
        setting.flexibility_assurance,
        setting.most_years
    from everybody
    inner join {{ ref('int_1003_years') }} as years on everybody.fiscal_year = years.fiscal_year
    inner join {{ ref('int_1003_settings') }} as setting on everybody.fiscal_year = setting.fiscal_year
    cross join {{ ref('stg_calendar') }} as of_state
    left join {{ ref('int_1003_designated') }} as listed
        on everybody.fiscal_year = listed.fiscal_year and everybody.org_id = listed.org_id
    left join {{ ref('dim_organization') }} as organization on everybody.org_id = organization.org_id
    left join {{ ref('int_1003_applications') }} as application
        on everybody.fiscal_year = application.fiscal_year and everybody.lea_id = application.lea_id
    left join {{ ref('int_1003_requests') }} as request
        on everybody.fiscal_year = request.fiscal_year and everybody.org_id = request.org_id
    left join tiers on everybody.fiscal_year = tiers.fiscal_year and everybody.org_id = tiers.org_id
    left join plans as plan on everybody.fiscal_year = plan.fiscal_year and everybody.org_id = plan.org_id
    left join approvals as approval
        on everybody.fiscal_year = approval.fiscal_year and everybody.org_id = approval.org_id
    left join facts as fact on everybody.fiscal_year = fact.fiscal_year and everybody.org_id = fact.org_id
    left join facts as lea_fact
        on everybody.fiscal_year = lea_fact.fiscal_year and everybody.lea_id = lea_fact.org_id
    left join categories as paid
        on listed.fiscal_year = paid.fiscal_year and listed.category = paid.category
)

select
    *,
    -- TSI schools of the LEA that the money could be for
    count(*) filter (
        where category in ('TSI', 'ATSI')
        and is_paid_category
        and is_open
        and (has_request or request_needed = 'not_needed')
    ) over (partition by fiscal_year, lea_id) as n_tsi_payable
from joined
