-- An LEA's Title I-A subpart 2 amount of a version, of the file received last, beside what it had the year
-- before: an explicit base, else the standing version of that year.
with ranked as (
    select
        *,
        row_number() over (
            partition by fiscal_year, version, lea_id
            order by received_at desc, source_file desc, source_row desc
        ) as recency
    from {{ ref('stg_feed__title1_allocations') }}
),

amounts as (
    select
        ranked.fiscal_year,
        ranked.version,
        versions.school_year,
        versions.is_standing,
        ranked.lea_id,
        ranked.lea_name,
        ranked.amount,
        ranked.amount_received,
        ranked.source_file,
        ranked.source_sheet,
        ranked.source_row
    from ranked
    inner join {{ ref('int_title1_versions') }} as versions
        on ranked.fiscal_year = versions.fiscal_year and ranked.version = versions.version
    where ranked.recency = 1
),

bases as (
    select
        *,
        row_number() over (
            partition by fiscal_year, lea_id order by received_at desc, source_file desc, source_row desc
        ) as recency
    from {{ ref('stg_feed__title1_bases') }}
),

years as (
    select distinct fiscal_year
    from amounts
),

priors as (
    select
        amounts.fiscal_year + 1 as fiscal_year,
        amounts.lea_id,
        amounts.version,
        case when setting.value = 'received' then amounts.amount_received else amounts.amount end as amount
    from amounts
    left join {{ ref('int_policy_years') }} as setting
        on amounts.school_year = setting.school_year and setting.parameter = 'prior_amount_is'
    where amounts.is_standing
)

select
    amounts.fiscal_year,
    amounts.version,
    amounts.school_year,
    amounts.is_standing,
    amounts.lea_id,
    amounts.lea_name,
    amounts.amount,
    coalesce(bases.base_amount, priors.amount) as prior_amount,
    case
        when bases.lea_id is not null then bases.base_reason
        when priors.amount is not null then 'allocation'
    end as prior_source,
    case when bases.lea_id is null then priors.version end as prior_version,
    prior_year.fiscal_year is not null as is_prior_year_loaded,
    amounts.source_file,
    amounts.source_sheet,
    amounts.source_row
from amounts
left join bases
    on amounts.fiscal_year = bases.fiscal_year and amounts.lea_id = bases.lea_id and bases.recency = 1
left join priors
    on amounts.fiscal_year = priors.fiscal_year and amounts.lea_id = priors.lea_id
left join years as prior_year
    on amounts.fiscal_year = prior_year.fiscal_year + 1
