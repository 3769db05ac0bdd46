-- The schools of a year: those its list speaks of and those with results of the year it is made of. What is
-- known of each, and why it is not judged where it is not.
with listed as (
    select
        listing.org_id,
        listing.school_year
    from {{ ref('int_designation_years') }} as listing
    union
    select
        result.org_id,
        years.school_year
    from (
        select distinct org_id, school_year
        from {{ ref('stg_feed__indicator_results') }}
        where org_scope = 'school'
        union
        select distinct org_id, school_year
        from {{ ref('stg_feed__summative_results') }}
    ) as result
    inner join {{ ref('int_identification_years') }} as years on result.school_year = years.result_year
),

-- Title I: of the list of the year, else of the newest one before it
title1 as (
    select
        listed.org_id,
        listed.school_year,
        max_by(listing.is_title1, listing.list_year) as is_title1
    from listed
    inner join {{ ref('stg_feed__designations') }} as listing on listed.org_id = listing.org_id
    where
        listing.is_title1 is not null
        and listing.list_year = listing.school_year
        and listing.list_year <= listed.school_year
    group by listed.org_id, listed.school_year
),

marked_alternative as (
    select
        school_year,
        org_id,
        bool_or(is_alternative) as is_alternative
    from {{ ref('stg_feed__indicator_results') }}
    where org_scope = 'school' and subgroup = 'ALL'
    group by school_year, org_id
),

summative as (
    select
        school_year,
        org_id,
        max(grade_span) as grade_span,
        bool_or(is_title1) as is_title1,
        bool_or(is_alternative) as is_alternative
    from {{ ref('stg_feed__summative_results') }}
    group by school_year, org_id
),

known as (
    select
        listed.org_id,
        listed.school_year,
        years.start_year,
        years.result_year,
        years.csi_by_span,
        years.alternative_schools,
        years.new_school_years,
        organization.lea_id,
        organization.org_name,
        coalesce(summative.is_title1, title1.is_title1) as is_title1,
        coalesce(summative.is_alternative, marked_alternative.is_alternative, false) as is_alternative,
        coalesce(summative.grade_span, organization.school_type, '') as grade_span,
        organization.closed_on <= make_date(
            cast(years.start_year as integer), cast(of_state.school_year_first_month as integer), 1
        ) as is_closed,
        years.start_year - (
            year(organization.opened_on)
            - case when month(organization.opened_on) < of_state.school_year_first_month then 1 else 0 end
        ) as years_open
    from listed
    inner join {{ ref('int_identification_years') }} as years on listed.school_year = years.school_year
    cross join {{ ref('stg_calendar') }} as of_state
    left join title1 on listed.org_id = title1.org_id and listed.school_year = title1.school_year
    left join marked_alternative
        on listed.org_id = marked_alternative.org_id and years.result_year = marked_alternative.school_year
    left join summative
        on listed.org_id = summative.org_id and years.result_year = summative.school_year
    left join {{ ref('dim_organization') }} as organization on listed.org_id = organization.org_id
)

select
    org_id,
    school_year,
    result_year,
    lea_id,
    org_name,
    is_title1,
    is_alternative,
    coalesce(is_closed, false) as is_closed,
    case when csi_by_span = 'by_grade_span' then grade_span else 'all' end as rank_span,
    case
        when is_closed then 'closed'
        when is_alternative and alternative_schools = 'exclude' then 'alternative_excluded'
        when years_open < new_school_years then 'new_school'
    end as not_judged_as
from known
