-- Points of every component, in million-millionths of a point rounded down: the weight times the place. Where
-- an LEA has no data, it keeps the weight with the middle place (neutral) or its other components share it.
with settled as (
    select
        ranked.*,
        setting.score_missing,
        case
            when ranked.is_missing and setting.score_missing = 'reweight' then 0
            else ranked.weight_hundredths
        end as weight_kept
    from {{ ref('int_1003_score_ranks') }} as ranked
    inner join {{ ref('int_1003_settings') }} as setting on ranked.fiscal_year = setting.fiscal_year
),

summed as (
    select
        *,
        sum(weight_kept) over (partition by fiscal_year, lea_id) as weight_kept_sum,
        sum(weight_hundredths) over (partition by fiscal_year, lea_id) as weight_sum
    from settled
)

select
    fiscal_year,
    lea_id,
    component,
    weight_hundredths,
    weight_kept,
    weight_kept_sum,
    weight_sum,
    numerator,
    denominator,
    is_missing,
    score_missing,
    n_ranked,
    basis,
    place_doubled,
    place_of,
    case
        when weight_kept > 0 or not (is_missing and score_missing = 'reweight') then
            {{ share_floor(
                'weight_kept * weight_sum * place_doubled', '10000000000', 'weight_kept_sum * place_of'
            ) }}
    end as point_units
from summed
