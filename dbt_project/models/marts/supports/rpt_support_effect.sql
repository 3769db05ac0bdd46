-- How the actions of a support's practice went before and after it was provided, beside organizations like
-- it that had no support in that practice. It lays figures side by side and says nothing of cause.
with placed as (
    select
        coded.org_id,
        stated.lea_id,
        coded.school_year,
        coded.support_no,
        coded.practice_code,
        stated.provider_kind,
        stated.support_state,
        stated.provided_on,
        coded.provided_period,
        levels.group_value as org_level,
        designations.group_value as designation,
        setting.months,
        setting.min_due,
        setting.min_matched,
        coalesce(windows.n_due_before, 0) as n_due_before,
        coalesce(windows.n_on_time_before, 0) as n_on_time_before,
        coalesce(windows.n_due_after, 0) as n_due_after,
        coalesce(windows.n_on_time_after, 0) as n_on_time_after,
        windows.rate_band,
        -- without enough due after it there is nothing to lay beside
        case when windows.n_due_after >= setting.min_due then windows.rate_band end as matching_band
    from {{ ref('int_support_practices') }} as coded
    inner join {{ ref('fct_support') }} as stated
        on
            coded.org_id = stated.org_id
            and coded.school_year = stated.school_year
            and coded.support_no = stated.support_no
    inner join {{ ref('int_support_settings') }} as setting on coded.school_year = setting.school_year
    left join {{ ref('int_support_windows') }} as windows
        on
            coded.org_id = windows.org_id
            and coded.school_year = windows.school_year
            and coded.practice_code = windows.practice_code
            and coded.provided_period = windows.provided_period
    left join {{ ref('int_organization_groups') }} as levels
        on
            coded.org_id = levels.org_id
            and coded.school_year = levels.school_year
            and levels.group_kind = 'org_level'
    left join {{ ref('int_organization_groups') }} as designations
        on
            coded.org_id = designations.org_id
            and coded.school_year = designations.school_year
            and designations.group_kind = 'designation'
    where stated.provided_on is not null
),

beside as (
    select
        placed.*,
        case
            when coalesce(alike.n_matched, 0) >= placed.min_matched then 'designation'
            when coalesce(anyone.n_matched, 0) >= placed.min_matched then 'level'
        end as matched_on,
        coalesce(alike.n_matched, 0) as n_alike,
        coalesce(anyone.n_matched, 0) as n_anyone,
        alike.n_due_before as alike_due_before,
        alike.n_on_time_before as alike_on_time_before,
        alike.n_due_after as alike_due_after,
        alike.n_on_time_after as alike_on_time_after,
        anyone.n_due_before as anyone_due_before,
        anyone.n_on_time_before as anyone_on_time_before,
        anyone.n_due_after as anyone_due_after,
        anyone.n_on_time_after as anyone_on_time_after
    from placed
    left join {{ ref('int_support_pools') }} as alike
        on
            placed.school_year = alike.school_year
            and placed.provided_period = alike.provided_period
            and placed.practice_code = alike.practice_code
            and placed.org_level = alike.org_level
            and placed.designation = alike.designation
            and placed.matching_band = alike.rate_band
    left join {{ ref('int_support_pools') }} as anyone
        on
            placed.school_year = anyone.school_year
            and placed.provided_period = anyone.provided_period
            and placed.practice_code = anyone.practice_code
            and placed.org_level = anyone.org_level
            and anyone.designation = 'all'
            and placed.matching_band = anyone.rate_band
),

rated as (
    select
        *,
        case when n_due_before >= min_due then {{ rate('n_on_time_before', 'n_due_before') }} end
            as rate_before,
        case when n_due_after >= min_due then {{ rate('n_on_time_after', 'n_due_after') }} end as rate_after,
        case matched_on
            when 'designation' then n_alike
            when 'level' then n_anyone
            else greatest(n_alike, n_anyone)
        end as n_matched,
        case matched_on when 'designation' then alike_due_before when 'level' then anyone_due_before end
            as matched_due_before,
        case matched_on
            when 'designation' then alike_on_time_before
            when 'level' then anyone_on_time_before
        end as matched_on_time_before,
        case matched_on when 'designation' then alike_due_after when 'level' then anyone_due_after end
            as matched_due_after,
        case matched_on when 'designation' then alike_on_time_after when 'level' then anyone_on_time_after end
            as matched_on_time_after
    from beside
)

select
    org_id,
    lea_id,
    org_level,
    designation,
    school_year,
    support_no,
    practice_code,
    provider_kind,
    support_state,
    provided_on,
    provided_period,
    months as window_months,
    n_due_before,
    n_on_time_before,
    rate_before,
    n_due_after,
    n_on_time_after,
    rate_after,
    rate_after - rate_before as rate_change,
    rate_band,
    matched_on,
    cast(n_matched as bigint) as n_matched,
    matched_due_before,
    matched_on_time_before,
    {{ rate('matched_on_time_before', 'matched_due_before') }} as matched_rate_before,
    matched_due_after,
    matched_on_time_after,
    {{ rate('matched_on_time_after', 'matched_due_after') }} as matched_rate_after,
    {{ rate('matched_on_time_after', 'matched_due_after') }}
    - {{ rate('matched_on_time_before', 'matched_due_before') }} as matched_change,
    -- rounded, so that equal changes differ by nothing
    {{ rounded(
        '(rate_after - rate_before) - ('
        ~ rate('matched_on_time_after', 'matched_due_after') ~ ' - '
        ~ rate('matched_on_time_before', 'matched_due_before') ~ ')',
        9
    ) }} as difference,
    case
        when provided_period is null then 'outside_school_year'
        when rate_before is null then 'too_few_due_before'
        when rate_after is null then 'too_few_due_after'
        when matched_on is null then 'too_few_matched'
    end as not_compared_because
from rated
