-- How far the organizations of a level were behind in a period, in total and by practice: those that
-- reported, with enough due actions for a rate. The spread is the median absolute deviation, scaled by
-- 1.4826 so that it is a standard deviation where rates are normally spread.
with comparable as (
    select
        implementation.org_id,
        implementation.school_year,
        implementation.period,
        directory.org_level,
        implementation.code_level,
        implementation.code,
        implementation.n_behind,
        implementation.n_planned - implementation.n_not_reported as n_known,
        {{ rate('implementation.n_behind', '(implementation.n_planned - implementation.n_not_reported)') }}
            as behind_rate
    from {{ ref('int_implementation_organizations') }} as implementation
    inner join {{ ref('dim_organization') }} as directory on implementation.org_id = directory.org_id
    inner join {{ ref('int_waning_settings') }} as setting
        on implementation.school_year = setting.school_year
    where
        implementation.is_reported
        and implementation.code_level in ('all', 'practice')
        and implementation.n_due >= setting.min_due
),

medians as (
    select
        school_year,
        period,
        org_level,
        code_level,
        code,
        count(*) as n_peers,
        cast(sum(n_behind) as bigint) as n_behind,
        cast(sum(n_known) as bigint) as n_known,
        {{ quantile('behind_rate', 0.5) }} as behind_median
    from comparable
    group by school_year, period, org_level, code_level, code
),

spreads as (
    select
        comparable.period,
        comparable.org_level,
        comparable.code_level,
        comparable.code,
        1.4826 * {{ quantile('abs(comparable.behind_rate - medians.behind_median)', 0.5) }} as behind_mad
    from comparable
    inner join medians
        on
            comparable.period = medians.period
            and comparable.org_level = medians.org_level
            and comparable.code_level = medians.code_level
            and comparable.code = medians.code
    group by comparable.period, comparable.org_level, comparable.code_level, comparable.code
)

select
    medians.school_year,
    medians.period,
    medians.org_level,
    medians.code_level,
    medians.code,
    medians.n_peers,
    medians.behind_median,
    spreads.behind_mad,
    {{ rate('medians.n_behind', 'medians.n_known') }} as behind_rate
from medians
inner join spreads
    on
        medians.period = spreads.period
        and medians.org_level = spreads.org_level
        and medians.code_level = spreads.code_level
        and medians.code = spreads.code
