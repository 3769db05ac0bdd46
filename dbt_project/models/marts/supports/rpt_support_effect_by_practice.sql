-- The differences of rpt_support_effect together: their median with an interval by order statistics, and the
-- share above nothing with Wilson's. In all, a support of several practices counts once, with their mean.
with differences as (
    select
        'practice' as code_level,
        practice_code as code,
        school_year,
        provider_kind,
        org_id,
        support_no,
        difference
    from {{ ref('rpt_support_effect') }}
    union all
    select
        'all' as code_level,
        'all' as code,
        school_year,
        provider_kind,
        org_id,
        support_no,
        {{ rounded('avg(difference)', 9) }} as difference
    from {{ ref('rpt_support_effect') }}
    group by school_year, provider_kind, org_id, support_no
),

by_provider as (
    select
        code_level,
        code,
        school_year,
        coalesce(provider_kind, 'not_stated') as provider_kind,
        org_id,
        difference
    from differences
    union all
    select
        code_level,
        code,
        school_year,
        'all' as provider_kind,
        org_id,
        difference
    from differences
),

ordered as (
    select
        *,
        -- those without a difference come last, so that the places of the others begin with 1
        row_number() over (
            partition by code_level, code, school_year, provider_kind
            order by case when difference is null then 1 else 0 end, difference
        ) as place,
        count(difference) over (partition by code_level, code, school_year, provider_kind) as n
    from by_provider
),

spread as (
    select
        code_level,
        code,
        school_year,
        provider_kind,
        count(*) as n_supports,
        n as n_compared,
        count(distinct case when difference is not null then org_id end) as n_organizations,
        count(*) filter (where difference > 0) as n_above,
        {{ rounded(quantile('difference', 0.5), 9) }} as median_difference,
        max(difference) filter (where place = {{ median_rank('n') }}) as median_low,
        max(difference) filter (where place = n + 1 - {{ median_rank('n') }}) as median_high
    from ordered
    group by code_level, code, school_year, provider_kind, n
),

allowed as (
    select
        spread.*,
        coalesce(spread.n_organizations < fewest.number_value, true) as is_suppressed
    from spread
    left join {{ ref('int_policy_years') }} as fewest
        on spread.school_year = fewest.school_year and fewest.parameter = 'min_organizations'
)

select
    code_level,
    code,
    school_year,
    provider_kind,
    n_supports,
    n_compared,
    n_organizations,
    is_suppressed,
    case when not is_suppressed then n_above end as n_above,
    case when not is_suppressed then {{ rate('n_above', 'n_compared') }} end as share_above,
    case when not is_suppressed then {{ wilson_bound('n_above', 'n_compared', -1) }} end as share_low,
    case when not is_suppressed then {{ wilson_bound('n_above', 'n_compared', 1) }} end as share_high,
    case when not is_suppressed then median_difference end as median_difference,
    -- of fewer than six values median_rank is 0, and of none is the last place
    case when not is_suppressed then median_low end as median_low,
    case when not is_suppressed then median_high end as median_high
from allowed
