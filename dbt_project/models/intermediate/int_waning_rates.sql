-- An organization's rates in a reported period beside its peers', and those of its newly due actions. The
-- spread it is held to is never less than chance gives a rate on so few actions (the standard error of
-- the peers' common rate): where most peers have the same rate, and the MAD is 0, one action is no alarm.
with rates as (
    select
        implementation.org_id,
        implementation.lea_id,
        implementation.school_year,
        implementation.period,
        numbered.period_no,
        directory.org_level,
        implementation.code_level,
        implementation.code,
        implementation.n_planned - implementation.n_not_reported as n_known,
        implementation.n_due,
        implementation.n_behind,
        {{ rate('implementation.n_behind', '(implementation.n_planned - implementation.n_not_reported)') }}
            as behind_rate,
        coalesce(newly.n_newly_due, 0) as n_newly_due,
        coalesce(newly.n_newly_due_on_time, 0) as n_newly_due_on_time
    from {{ ref('int_implementation_organizations') }} as implementation
    inner join {{ ref('int_organization_sequence') }} as numbered
        on implementation.org_id = numbered.org_id and implementation.period = numbered.period
    inner join {{ ref('dim_organization') }} as directory on implementation.org_id = directory.org_id
    left join {{ ref('int_newly_due') }} as newly
        on
            implementation.org_id = newly.org_id
            and implementation.period = newly.period
            and implementation.code_level = newly.code_level
            and implementation.code = newly.code
    where
        implementation.is_reported
        and implementation.code_level in ('all', 'practice')
)

select
    rates.*,
    peers.n_peers,
    peers.behind_median as peers_behind_median,
    peers.behind_mad as peers_behind_mad,
    greatest(
        peers.behind_mad,
        sqrt(peers.behind_rate * (1 - peers.behind_rate) / nullif(rates.n_known, 0))
    ) as peers_spread,
    coalesce(
        rates.n_due >= setting.min_due
        and peers.n_peers >= setting.min_peers
        and rates.behind_rate > peers.behind_median + setting.mads * greatest(
            peers.behind_mad,
            sqrt(peers.behind_rate * (1 - peers.behind_rate) / nullif(rates.n_known, 0))
        ),
        false
    ) as is_worse_than_peers
from rates
inner join {{ ref('int_waning_settings') }} as setting on rates.school_year = setting.school_year
left join {{ ref('int_waning_peers') }} as peers
    on
        rates.period = peers.period
        and rates.org_level = peers.org_level
        and rates.code_level = peers.code_level
        and rates.code = peers.code
