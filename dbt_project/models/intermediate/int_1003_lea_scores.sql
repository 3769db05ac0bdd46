-- An LEA's total of the priority score and its place among all.
select
    fiscal_year,
    lea_id,
    cast(null as decimal(9, 4)) as points,
    row_number() over (partition by fiscal_year order by lea_id) as score_rank,
    false as is_scored
from {{ ref('int_1003_schools') }}
group by fiscal_year, lea_id
