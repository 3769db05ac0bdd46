-- Who wants help in what, and why: waning at the last counted period of the school year, or a support in
-- the latest file that has not come, is not used, or is used and not effective. What names no practice
-- stands under all.
with reasons as (
    select
        org_id,
        lea_id,
        school_year,
        code_level,
        code,
        'waning' as reason,
        since_period
    from {{ ref('rpt_waning') }}
    where is_last_of_year
    union all
    select
        stated.org_id,
        stated.lea_id,
        stated.school_year,
        case when coded.practice_code is null then 'all' else 'practice' end as code_level,
        coalesce(coded.practice_code, 'all') as code,
        stated.support_state as reason,
        null as since_period
    from {{ ref('fct_support') }} as stated
    inner join {{ ref('support_states') }} as states
        on stated.support_state = states.support_state and states.asks_for_help
    left join {{ ref('int_support_practices') }} as coded
        on
            stated.org_id = coded.org_id
            and stated.school_year = coded.school_year
            and stated.support_no = coded.support_no
    where stated.is_in_latest_file
)

select
    reasons.org_id,
    coalesce(directory.lea_id, max(reasons.lea_id)) as lea_id,
    coalesce(directory.org_level, 'unknown') as org_level,
    directory.region,
    reasons.school_year,
    reasons.code_level,
    reasons.code,
    min(reasons.since_period) as waning_since,
    max(case when reasons.reason = 'waning' then 1 else 0 end) as n_waning,
    max(case when reasons.reason = 'needed_not_provided' then 1 else 0 end) as n_needed_not_provided,
    max(case when reasons.reason = 'provided_not_used' then 1 else 0 end) as n_provided_not_used,
    max(case when reasons.reason = 'used_not_effective' then 1 else 0 end) as n_used_not_effective,
    count(distinct reasons.reason) as n_reasons
from reasons
left join {{ ref('dim_organization') }} as directory on reasons.org_id = directory.org_id
group by
    reasons.org_id, directory.lea_id, directory.org_level, directory.region, reasons.school_year,
    reasons.code_level, reasons.code
