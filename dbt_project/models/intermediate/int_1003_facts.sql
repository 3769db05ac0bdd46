-- Every fact of a school or LEA that a §1003 rule may look at, one row each. What the feed school_facts says
-- goes before what the other feeds give. Nothing is known of what has no row.
with received as (
    select
        fact.fiscal_year,
        fact.org_id,
        fact.fact,
        fact.number_value,
        fact.text_value,
        row_number() over (
            partition by fact.fiscal_year, fact.org_id, fact.fact
            order by fact.received_at desc, fact.source_file desc, fact.source_row desc
        ) as recency
    from {{ ref('stg_feed__school_facts') }} as fact
),

stated as (
    select
        fiscal_year,
        org_id,
        fact,
        number_value,
        text_value
    from received
    where recency = 1
),

open_schools as (
    select
        years.fiscal_year,
        organization.lea_id,
        organization.org_id,
        case when listed.org_id is not null then 1 else 0 end as is_identified
    from {{ ref('int_1003_years') }} as years
    cross join {{ ref('dim_organization') }} as organization
    left join {{ ref('int_1003_designated') }} as listed
        on years.fiscal_year = listed.fiscal_year and organization.org_id = listed.org_id
    where organization.org_level = 'school' and organization.status = 'open'
),

leas as (
    select
        fiscal_year,
        lea_id,
        count(*) as n_schools,
        sum(is_identified) as n_identified
    from open_schools
    group by fiscal_year, lea_id
),

results as (
    select
        years.fiscal_year,
        result.org_id,
        named.fact,
        result.rate,
        row_number() over (
            partition by years.fiscal_year, result.org_id, named.fact
            order by
                result.school_year desc,
                result.received_at desc,
                result.source_file desc,
                result.source_row desc
        ) as recency
    from {{ ref('stg_feed__indicator_results') }} as result
    inner join {{ ref('facts_1003') }} as named on result.indicator = named.indicator
    cross join {{ ref('int_1003_years') }} as years
    where
        result.subgroup = 'ALL'
        and result.org_scope <> 'state'
        and result.rate is not null
        and result.school_year < years.school_year
),

worked_out as (
    {% for fact, number, text in [
        ('category', 'null', 'category'),
        ('reason', 'null', 'reason'),
        ('years_in_status', 'years_in_status', 'null'),
        ('is_title1', 'null', "case when is_title1 then 'true' when not is_title1 then 'false' end"),
        ('enrollment', 'enrollment', 'null'),
    ] %}
        select
            fiscal_year,
            org_id,
            '{{ fact }}' as fact,
            cast({{ number }} as decimal(18, 4)) as number_value,
            cast({{ text }} as string) as text_value
        from {{ ref('int_1003_designated') }}
        union all
    {% endfor %}
    {% for fact, text in [
        ('is_charter', "case when is_charter then 'true' when not is_charter then 'false' end"),
        ('region', 'region'),
        ('grades_served', 'grades_served'),
        ('school_type', 'school_type'),
    ] %}
        select
            years.fiscal_year,
            organization.org_id,
            '{{ fact }}' as fact,
            cast(null as decimal(18, 4)) as number_value,
            cast({{ text }} as string) as text_value
        from {{ ref('dim_organization') }} as organization
        cross join {{ ref('int_1003_years') }} as years
        union all
    {% endfor %}
    {% for fact, number in [
        ('n_schools', 'n_schools'),
        ('n_identified', 'n_identified'),
        ('identified_percent', '100 * ' ~ rate('n_identified', 'n_schools')),
    ] %}
        select
            fiscal_year,
            lea_id as org_id,
            '{{ fact }}' as fact,
            cast({{ number }} as decimal(18, 4)) as number_value,
            cast(null as string) as text_value
        from leas
        union all
    {% endfor %}
    select
        fiscal_year,
        org_id,
        fact,
        cast(rate as decimal(18, 4)) as number_value,
        cast(null as string) as text_value
    from results
    where recency = 1
    union all
    -- a subgrant that the state lists for the year is going on in it, past its term too
    select
        years.fiscal_year,
        subgrant.org_id,
        'first_funded_fiscal_year' as fact,
        cast(min(subgrant.first_fiscal_year) as decimal(18, 4)) as number_value,
        cast(null as string) as text_value
    from {{ ref('int_1003_commitments') }} as subgrant
    inner join {{ ref('int_1003_years') }} as years on subgrant.fiscal_year = years.fiscal_year
    where subgrant.org_id is not null and subgrant.standing in ('committed', 'over_term')
    group by years.fiscal_year, subgrant.org_id
),

merged as (
    select
        coalesce(stated.fiscal_year, worked_out.fiscal_year) as fiscal_year,
        coalesce(stated.org_id, worked_out.org_id) as org_id,
        coalesce(stated.fact, worked_out.fact) as fact,
        case
            when stated.fact is null then worked_out.number_value
            else stated.number_value
        end as number_value,
        case when stated.fact is null then worked_out.text_value else stated.text_value end as text_value,
        stated.fact is not null as is_stated
    from worked_out
    full outer join stated
        on
            worked_out.fiscal_year = stated.fiscal_year
            and worked_out.org_id = stated.org_id
            and worked_out.fact = stated.fact
)

select
    fiscal_year,
    org_id,
    fact,
    number_value,
    text_value,
    is_stated
from merged
where number_value is not null or text_value is not null
