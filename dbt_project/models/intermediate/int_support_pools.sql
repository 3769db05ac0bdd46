-- The organizations that a support is laid beside, summed: of the same level, the same practice, the same
-- band of the on-time rate before, with enough due actions on both sides, and without a support in the
-- practice from the first month of the window to its last. Once within each designation category, once
-- (designation all) whatever their designation.
with event_months as (
    select distinct
        school_year,
        provided_period,
        provided_month_no
    from {{ ref('int_support_practices') }}
    where provided_period is not null
),

supported as (
    select distinct
        events.org_id,
        events.school_year,
        events.practice_code,
        months.provided_period
    from {{ ref('int_support_practices') }} as events
    inner join {{ ref('int_support_settings') }} as setting on events.school_year = setting.school_year
    inner join event_months as months
        on
            events.school_year = months.school_year
            and events.provided_month_no
            between months.provided_month_no - setting.months and months.provided_month_no + setting.months
),

unsupported as (
    select windows.*
    from {{ ref('int_support_windows') }} as windows
    inner join {{ ref('int_support_settings') }} as setting on windows.school_year = setting.school_year
    left join supported
        on
            windows.org_id = supported.org_id
            and windows.school_year = supported.school_year
            and windows.practice_code = supported.practice_code
            and windows.provided_period = supported.provided_period
    where
        supported.org_id is null
        and windows.rate_band is not null
        and windows.n_due_after >= setting.min_due
)

select
    unsupported.school_year,
    unsupported.provided_period,
    unsupported.practice_code,
    levels.group_value as org_level,
    designations.group_value as designation,
    unsupported.rate_band,
    count(*) as n_matched,
    cast(sum(unsupported.n_due_before) as bigint) as n_due_before,
    cast(sum(unsupported.n_on_time_before) as bigint) as n_on_time_before,
    cast(sum(unsupported.n_due_after) as bigint) as n_due_after,
    cast(sum(unsupported.n_on_time_after) as bigint) as n_on_time_after
from unsupported
inner join {{ ref('int_organization_groups') }} as levels
    on
        unsupported.org_id = levels.org_id
        and unsupported.school_year = levels.school_year
        and levels.group_kind = 'org_level'
inner join {{ ref('int_organization_groups') }} as designations
    on
        unsupported.org_id = designations.org_id
        and unsupported.school_year = designations.school_year
        and designations.group_kind in ('designation', 'all')
group by
    unsupported.school_year, unsupported.provided_period, unsupported.practice_code, levels.group_value,
    designations.group_value, unsupported.rate_band
