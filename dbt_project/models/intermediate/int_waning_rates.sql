-- An organization's rates in a reported period beside its peers', and those of its newly due actions. The
-- spread it is held to is never less than chance gives a rate on so few actions (the standard error of
-- the peers' common rate), nor than one action: where most peers have the same rate, and the MAD is 0,
-- one action late is no alarm.
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
),

beside_peers as (
    select
        rates.*,
        setting.mads,
        setting.min_due,
        setting.min_peers,
        peers.n_peers,
        peers.behind_median as peers_behind_median,
        peers.behind_mad as peers_behind_mad,
        case
            when peers.n_peers is not null
                then
                    greatest(
                        peers.behind_mad,
                        sqrt(peers.behind_rate * (1 - peers.behind_rate) / nullif(rates.n_known, 0)),
                        {{ rate('1', 'rates.n_known') }}
                    )
        end as peers_spread
    from rates
    inner join {{ ref('int_waning_settings') }} as setting on rates.school_year = setting.school_year
    left join {{ ref('int_waning_peers') }} as peers
        on
            rates.period = peers.period
            and rates.org_level = peers.org_level
            and rates.code_level = peers.code_level
            and rates.code = peers.code
)

select
    org_id,
    lea_id,
    school_year,
    period,
    period_no,
    org_level,
    code_level,
    code,
    n_known,
    n_due,
    n_behind,
    behind_rate,
    n_newly_due,
    n_newly_due_on_time,
    n_peers,
    peers_behind_median,
    peers_behind_mad,
    peers_spread,
    coalesce(
        n_due >= min_due
        and n_peers >= min_peers
        and behind_rate > peers_behind_median + mads * peers_spread,
        false
    ) as is_worse_than_peers
from beside_peers
