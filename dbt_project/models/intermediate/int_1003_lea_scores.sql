-- An LEA's total of the priority score and its place among all. The units are summed before anything is
-- rounded, and lifted by more than rounding down can have taken from them, so that equal scores are equal.
with totals as (
    select
        unit.fiscal_year,
        unit.lea_id,
        {{ share_floor('sum(unit.point_units) + 50000020', '1', '100000000') }} as points_ten_thousandths,
        {{ share_floor(
            "coalesce(sum(case when named.criterion = 'need' then unit.point_units end), 0) + 50000020",
            '1',
            '100000000'
        ) }} as need_ten_thousandths,
        coalesce(bool_or(not unit.is_missing and unit.weight_hundredths > 0), false) as is_scored
    from {{ ref('int_1003_score_points') }} as unit
    inner join {{ ref('score_components') }} as named on unit.component = named.component
    group by unit.fiscal_year, unit.lea_id
),

leas as (
    select
        fiscal_year,
        lea_id,
        count(*) as n_identified,
        count(*) filter (where is_eligible) as n_eligible
    from {{ ref('int_1003_schools') }}
    group by fiscal_year, lea_id
)

select
    leas.fiscal_year,
    leas.lea_id,
    cast(
        cast(totals.points_ten_thousandths as decimal(18, 0)) * cast('0.0001' as decimal(4, 4))
        as decimal(9, 4)
    ) as points,
    cast(row_number() over (
        partition by leas.fiscal_year
        order by
            totals.points_ten_thousandths desc nulls last,
            totals.need_ten_thousandths desc nulls last,
            leas.n_identified desc,
            leas.lea_id asc
    ) as bigint) as score_rank,
    coalesce(totals.is_scored, false) as is_scored,
    leas.n_identified,
    leas.n_eligible
from leas
left join totals on leas.fiscal_year = totals.fiscal_year and leas.lea_id = totals.lea_id
