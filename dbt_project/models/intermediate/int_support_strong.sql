-- Who could help a peer: organizations that want no help in the code and whose due actions of it, at their
-- last counted period of the school year, were on time at the policy's high rate or above; in order within
-- region and level.
with strong as (
    select
        implementation.org_id,
        implementation.school_year,
        implementation.code_level,
        implementation.code,
        directory.org_level,
        directory.region,
        implementation.n_due,
        implementation.n_due_on_time,
        {{ rate('implementation.n_due_on_time', 'implementation.n_due') }} as on_time_rate
    from {{ ref('int_implementation_organizations') }} as implementation
    inner join {{ ref('int_organization_sequence') }} as numbered
        on
            implementation.org_id = numbered.org_id
            and implementation.period = numbered.period
            and numbered.next_period is null
    inner join {{ ref('dim_organization') }} as directory on implementation.org_id = directory.org_id
    inner join {{ ref('int_waning_settings') }} as setting on implementation.school_year = setting.school_year
    inner join {{ ref('int_policy_years') }} as high
        on implementation.school_year = high.school_year and high.parameter = 'implementation_high'
    left join {{ ref('int_support_wants') }} as wants
        on
            implementation.org_id = wants.org_id
            and implementation.school_year = wants.school_year
            and implementation.code_level = wants.code_level
            and implementation.code = wants.code
    where
        implementation.is_reported
        and implementation.code_level in ('all', 'practice')
        and implementation.n_due >= setting.min_due
        and {{ rate('implementation.n_due_on_time', 'implementation.n_due') }} >= high.number_value
        and directory.region is not null
        and wants.org_id is null
)

select
    *,
    cast(row_number() over of_code as bigint) as strong_no,
    count(*) over (partition by school_year, code_level, code, region, org_level) as n_strong
from strong
window of_code as (
    partition by school_year, code_level, code, region, org_level
    order by on_time_rate desc, n_due desc, org_id asc
)
