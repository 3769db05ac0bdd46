-- Every rule on every school, none left out because an earlier one failed. What each rule looks at stands in
-- int_1003_candidates; its words, its citation and its order in the seed eligibility_rules.
{% set is_tsi = "category in ('TSI', 'ATSI')" %}
{% set without_tsi = "case when not has_application then 'There is no application to look at.'
    else 'None of the money could be for a TSI or ATSI school of this LEA.' end" %}
{% set rules = [
    ('designated', 'true', 'category is not null', 'null', 'null',
        "case when category is not null then category || coalesce(' (' || replace(reason, '_', ' ') || ')', '')
         when is_school then 'the list does not have the school as CSI, TSI or ATSI'
         else 'the LEA has no school on it' end", none),
    ('open', 'is_school', 'is_open', 'null', 'null',
        "case when is_in_directory then coalesce(status, 'no status') else 'not listed' end", none),
    ('application', 'true', 'has_application', 'null', 'null', 'application_year', 'application'),
    ('assures_csi_plans', 'has_application', 'coalesce(assures_csi_plans, false)', 'null', 'null', 'null', 'application'),
    ('assures_tsi_support', 'has_application and n_tsi_payable > 0', 'coalesce(assures_tsi_support, false)',
        'n_tsi_payable', 'null', without_tsi, 'application'),
    ('assures_monitoring', 'has_application', 'coalesce(assures_monitoring, false)', 'null', 'null', 'null', 'application'),
    ('assures_monitoring_tsi', 'has_application and n_tsi_payable > 0', 'coalesce(assures_monitoring, false)',
        'n_tsi_payable', 'null', without_tsi, 'application'),
    ('assures_partner_review', "has_application and coalesce(has_external_partners, '') <> 'false'",
        'coalesce(assures_partner_review, false)', 'null', 'null',
        "case when not has_application then 'There is no application to look at.' else 'There are no external partners.' end",
        'application'),
    ('assures_alignment', 'has_application', 'coalesce(assures_alignment, false)', 'null', 'null', 'null', 'application'),
    ('assures_flexibility',
        "has_application and (flexibility_assurance = 'needed' or coalesce(assures_flexibility, false))",
        'coalesce(assures_flexibility, false)', 'null', 'null',
        "case when not has_application then 'There is no application to look at.'
         else 'The law asks for it as appropriate; the application does not give it.' end", 'application'),
    ('assures_state_local_funds', 'has_application', 'coalesce(assures_state_local_funds, false)', 'null', 'null', 'null',
        'application'),
    ('request_evidence', 'has_request', 'evidence_tiers is not null and n_other_tiers = 0', 'null', 'null',
        "case when evidence_tiers is null then 'The request names no evidence tier.'
         when n_other_tiers > 0 then 'The request names a tier that section 1003 may not pay (' || evidence_tiers || ').'
         else evidence_tiers end", 'request'),
    ('plan_evidence', "plan_evidence <> 'not_applicable'", "plan_evidence = 'met'",
        "case when plan_evidence = 'met' then n_paid_strategies else n_paid_without_evidence end", 'null',
        "case when plan_evidence = 'met' then plan_year else paid_without_evidence end", 'plan'),
    ('approval_school', "category = 'CSI'", 'approved_by_school_on is not null', 'null', 'null', 'approved_by_school_on',
        none),
    ('approval_lea', 'category is not null', 'approved_by_lea_on is not null', 'null', 'null', 'approved_by_lea_on', none),
    ('approval_sea', "category = 'CSI'", 'approved_by_sea_on is not null', 'null', 'null', 'approved_by_sea_on', none),
    ('most_years', 'first_funded_fiscal_year <= fiscal_year', 'fiscal_year - first_funded_fiscal_year < most_years',
        'fiscal_year - first_funded_fiscal_year + 1', 'most_years', 'null', none),
    ('state_category', 'category is not null', 'is_paid_category', 'null', 'null', 'category', none),
    ('state_title1', "category is not null and eligible_title1 <> 'any'",
        "coalesce(is_title1 = 'true', false)
         or (eligible_title1 = 'title1_or_low_graduation' and coalesce(reason = 'low_graduation', false))",
        'null', 'null',
        "case when is_title1 = 'true' then 'It is a Title I school.'
         when eligible_title1 = 'title1_or_low_graduation' and reason = 'low_graduation'
             then 'It is no Title I school and was identified for its graduation rate, which the state pays too.'
         when is_title1 = 'false' then 'It is no Title I school.'
         else 'Whether it is a Title I school is not known.' end", none),
    ('state_charters', "is_school and eligible_charters = 'not_paid'", "coalesce(is_charter = 'false', false)", 'null', 'null',
        "case when is_charter = 'true' then 'It is a charter school, which the state does not pay.'
         else 'The directory does not say whether it is a charter school, which the state does not pay.' end", none),
    ('state_request', "is_school and request_needed = 'needed'", 'has_request', 'null', 'null', 'requested_amount', 'request'),
    ('direct_services', 'is_direct_service', 'direct_service_approved_on is not null', 'null', 'null',
        'direct_service_approved_on', none),
] %}
with decided as (
    select
        {% for rule_id, applies, met, figure, bound, detail, traced in rules %}
            case
                when coalesce({{ applies }}, false) then case when {{ met }} then 'met' else 'not_met' end
                else 'not_applicable'
            end as outcome_{{ rule_id }},
        {% endfor %}
        *
    from {{ ref('int_1003_candidates') }}
),

counted as (
    select
        *,
        0
        {% for rule_id, applies, met, figure, bound, detail, traced in rules %}
            + case when outcome_{{ rule_id }} = 'not_met' then 1 else 0 end
        {% endfor %}
            as n_rules_not_met
    from decided
),

judged as (
    {% for rule_id, applies, met, figure, bound, detail, traced in rules %}
        select
            fiscal_year,
            school_year,
            designated_year,
            lea_id,
            org_id,
            org_name,
            category,
            reason,
            '{{ rule_id }}' as rule_id,
            outcome_{{ rule_id }} as outcome,
            cast({{ figure }} as bigint) as figure,
            cast({{ bound }} as bigint) as limit_figure,
            cast({{ detail }} as string) as detail,
            n_rules_not_met,
            cast({{ traced ~ '_submission_id' if traced else 'null' }} as string) as submission_id,
            cast({{ traced ~ '_source_sheet' if traced else 'null' }} as string) as source_sheet,
            cast({{ traced ~ '_source_row' if traced else 'null' }} as bigint) as source_row
        from counted
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

worded as (
    select
        judged.*,
        ruling.rule_no,
        ruling.rank as rule_rank,
        ruling.rule_title,
        ruling.asks,
        ruling.citation,
        ruling.is_state_choice,
        case judged.outcome
            when 'met' then ruling.said_met
            when 'not_met' then ruling.said_not_met
            else ruling.said_not_applicable
        end as said
    from judged
    inner join {{ ref('eligibility_rules') }} as ruling on judged.rule_id = ruling.rule_id
)

select
    judged.fiscal_year,
    judged.school_year,
    judged.lea_id,
    judged.org_id,
    judged.org_name,
    judged.category,
    judged.reason,
    judged.rule_id,
    judged.rule_no,
    judged.rule_rank,
    judged.rule_title,
    judged.asks,
    judged.citation,
    judged.is_state_choice,
    judged.outcome,
    case judged.outcome when 'met' then true when 'not_met' then false end as is_met,
    judged.figure,
    judged.limit_figure,
    -- most words have no place to fill in
    case
        when position('{' in judged.said) = 0 then judged.said
        else {{ filled('judged.said', [
            ['figure', 'judged.figure'],
            ['limit', 'judged.limit_figure'],
            ['year', 'judged.designated_year'],
            ['detail', 'judged.detail'],
        ]) }}
    end as sentence,
    cast(judged.n_rules_not_met as bigint) as n_rules_not_met,
    judged.n_rules_not_met = 0 as is_eligible,
    judged.submission_id,
    judged.source_sheet,
    judged.source_row
from worded as judged
