-- The place of every LEA in each component, as an exact fraction from 0 (lowest) to 1 (highest): the LEAs
-- below it and half of those equal to it, of all others that have data. One alone is in the middle.
with leas as (
    select distinct
        fiscal_year,
        lea_id
    from {{ ref('int_1003_score_need') }}
),

found as (
    select
        fiscal_year,
        lea_id,
        component,
        numerator,
        denominator
    from {{ ref('int_1003_score_need') }}
    where denominator > 0
    union all
    select
        fiscal_year,
        lea_id,
        component,
        numerator,
        denominator
    from {{ ref('int_1003_score_commitment') }}
),

valued as (
    select
        leas.fiscal_year,
        leas.lea_id,
        weight.component,
        weight.weight_hundredths,
        found.numerator,
        found.denominator,
        found.component is null as is_missing,
        -- equal shares of sums of any size are equal
        {{ rounded(exact_ratio('found.numerator', 'found.denominator'), 12) }} as by_share,
        case when weight.component = 'concentration' then found.numerator end as by_number
    from leas
    inner join {{ ref('int_1003_score_weights') }} as weight on leas.fiscal_year = weight.fiscal_year
    left join found
        on
            leas.fiscal_year = found.fiscal_year
            and leas.lea_id = found.lea_id
            and weight.component = found.component
),

counted as (
    select
        *,
        count(*) over (partition by fiscal_year, component, is_missing) as n_ranked,
        -- twice those below and once those equal, in each way
        2 * (rank() over (partition by fiscal_year, component, is_missing order by by_share) - 1)
        + count(*) over (partition by fiscal_year, component, is_missing, by_share) - 1 as share_doubled,
        2 * (rank() over (partition by fiscal_year, component, is_missing order by by_number) - 1)
        + count(*) over (partition by fiscal_year, component, is_missing, by_number) - 1 as number_doubled
    from valued
)

select
    fiscal_year,
    lea_id,
    component,
    weight_hundredths,
    numerator,
    denominator,
    is_missing,
    case when is_missing then cast(0 as bigint) else n_ranked end as n_ranked,
    case
        when component <> 'concentration' or is_missing then null
        when number_doubled > share_doubled then 'number'
        else 'share'
    end as basis,
    case
        when is_missing or n_ranked = 1 then 1
        when component = 'concentration' then greatest(share_doubled, number_doubled)
        else share_doubled
    end as place_doubled,
    case when is_missing or n_ranked = 1 then 2 else 2 * (n_ranked - 1) end as place_of
from counted
