-- Whether every region and every kind of locale that has LEAs with an eligible school has an award
-- (§1003(b)(2)(A)(i)).
with locale_of as (
    select
        known.fiscal_year,
        known.org_id,
        coalesce(nces.locale_group, known.text_value) as locale_group
    from {{ ref('int_1003_facts') }} as known
    left join {{ ref('locales') }} as nces on known.text_value = nces.locale
    where known.fact = 'locale'
),

schools as (
    select
        school.fiscal_year,
        school.lea_id,
        school.org_id,
        school.is_eligible,
        school.award,
        coalesce(region.text_value, region_of_lea.text_value) as region,
        coalesce(locale_of.locale_group, locale_of_lea.locale_group) as locale_group
    from {{ ref('fct_1003_award_school') }} as school
    left join {{ ref('int_1003_facts') }} as region
        on
            school.fiscal_year = region.fiscal_year
            and school.org_id = region.org_id
            and region.fact = 'region'
    left join {{ ref('int_1003_facts') }} as region_of_lea
        on
            school.fiscal_year = region_of_lea.fiscal_year
            and school.lea_id = region_of_lea.org_id
            and region_of_lea.fact = 'region'
    left join locale_of
        on school.fiscal_year = locale_of.fiscal_year and school.org_id = locale_of.org_id
    left join locale_of as locale_of_lea
        on school.fiscal_year = locale_of_lea.fiscal_year and school.lea_id = locale_of_lea.org_id
),

grouped as (
    select
        fiscal_year,
        'region' as group_kind,
        coalesce(region, 'not known') as group_name,
        lea_id,
        org_id,
        is_eligible,
        award
    from schools
    union all
    select
        fiscal_year,
        'locale' as group_kind,
        coalesce(locale_group, 'not known') as group_name,
        lea_id,
        org_id,
        is_eligible,
        award
    from schools
),

counted as (
    select
        fiscal_year,
        group_kind,
        group_name,
        count(distinct case when is_eligible then lea_id end) as n_leas_eligible,
        count(distinct case when award > 0 then lea_id end) as n_leas_awarded,
        count(*) filter (where is_eligible) as n_schools_eligible,
        count(*) filter (where award > 0) as n_schools_awarded,
        cast(sum(award) as decimal(18, 2)) as award
    from grouped
    group by fiscal_year, group_kind, group_name
),

totals as (
    select
        *,
        sum(n_schools_eligible) over (partition by fiscal_year, group_kind) as all_schools_eligible,
        sum(award) over (partition by fiscal_year, group_kind) as all_award
    from counted
)

select
    totals.fiscal_year,
    totals.group_kind,
    totals.group_name,
    totals.n_leas_eligible,
    totals.n_leas_awarded,
    totals.n_schools_eligible,
    totals.n_schools_awarded,
    totals.award,
    {{ rate('totals.n_schools_eligible', 'totals.all_schools_eligible') }} as eligible_share,
    {{ rate('totals.award', 'totals.all_award') }} as award_share,
    coalesce(ruling.geography = 'required', false) as is_required,
    why.justification,
    case
        when totals.n_leas_eligible = 0 then 'nobody eligible'
        when totals.n_leas_awarded > 0 then 'has an award'
        when totals.group_name = 'not known' then 'not known where'
        when why.justification is not null then 'justified'
        else 'left out'
    end as standing
from totals
left join {{ ref('int_1003_methods') }} as ruling on totals.fiscal_year = ruling.fiscal_year
left join {{ ref('stg_allocation__geography') }} as why
    on
        totals.fiscal_year = why.fiscal_year
        and totals.group_kind = why.group_kind
        and totals.group_name = why.group_name
