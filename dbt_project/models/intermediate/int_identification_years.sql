-- When schools are identified, one row a school year: a cycle's year that is frozen puts it off to the next
-- year that is not. In every other year a status stays as it is.
with frozen as (
    select
        school_year,
        entry_code as frozen_year
    from {{ ref('int_policy_entries') }}
    where parameter = 'frozen_list_years'
),

unused as (
    select
        school_year,
        entry_code as unused_year
    from {{ ref('int_policy_entries') }}
    where parameter = 'unused_result_years'
),

years as (
    select
        setting.*,
        {{ school_year_from_start('(setting.start_year - setting.result_lag)') }} as result_year,
        frozen.frozen_year is not null as is_frozen
    from {{ ref('int_identification_settings') }} as setting
    left join frozen
        on setting.school_year = frozen.school_year and setting.school_year = frozen.frozen_year
),

put_off as (
    select
        *,
        min(case when not is_frozen then start_year end) over (
            order by start_year rows between current row and unbounded following
        ) as next_year_not_frozen
    from years
),

csi_due as (
    select distinct next_year_not_frozen as start_year
    from put_off
    where (start_year - csi_from_year) % csi_cycle = 0
),

atsi_due as (
    select distinct next_year_not_frozen as start_year
    from put_off
    where (start_year - atsi_from_year) % atsi_cycle = 0
)

select
    put_off.*,
    unused.unused_year is not null as is_result_unused,
    csi_due.start_year is not null as is_csi_year,
    atsi_due.start_year is not null as is_atsi_year,
    not put_off.is_frozen and put_off.tsi_form <> 'none' as is_tsi_year,
    max(case when csi_due.start_year is not null then put_off.school_year end) over (
        order by put_off.start_year rows between unbounded preceding and current row
    ) as csi_year,
    sum(case when put_off.is_frozen then 1 else 0 end) over (
        order by put_off.start_year rows between unbounded preceding and current row
    ) as n_frozen_until
from put_off
left join unused
    on put_off.school_year = unused.school_year and put_off.result_year = unused.unused_year
left join csi_due on put_off.start_year = csi_due.start_year
left join atsi_due on put_off.start_year = atsi_due.start_year
