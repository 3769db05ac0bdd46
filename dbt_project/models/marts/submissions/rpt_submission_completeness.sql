with received as (
    select
        lea_id,
        period,
        count(*) as n_submissions,
        count(*) filter (where outcome = 'refused') as n_refused,
        count(*) filter (where outcome <> 'refused' and is_withdrawn) as n_withdrawn,
        min(received_on) filter (where outcome <> 'refused' and not is_withdrawn) as first_received_on,
        max(received_on) filter (where outcome <> 'refused' and not is_withdrawn) as last_received_on,
        cast(sum(rows_rejected) filter (where n_tables_standing > 0) as bigint) as rows_rejected
    from {{ ref('fct_submission') }}
    where period is not null
    group by lea_id, period
),

organizations as (
    select
        lea_id,
        period,
        count(*) as n_organizations,
        count(*) filter (where is_reported) as n_organizations_reported
    from {{ ref('int_organization_periods') }}
    group by lea_id, period
),

owed as (
    select
        coalesce(expected.lea_id, received.lea_id) as lea_id,
        coalesce(expected.period, received.period) as period,
        expected.lea_id is not null as is_expected,
        coalesce(expected.is_designated, false) as is_designated,
        coalesce(received.n_submissions, 0) as n_submissions,
        coalesce(received.n_refused, 0) as n_refused,
        coalesce(received.n_withdrawn, 0) as n_withdrawn,
        received.first_received_on,
        received.last_received_on,
        coalesce(received.rows_rejected, 0) as rows_rejected
    from {{ ref('int_expected_leas') }} as expected
    full outer join received
        on expected.lea_id = received.lea_id and expected.period = received.period
)

select
    owed.lea_id,
    owed.period,
    periods.school_year,
    periods.due_on,
    owed.is_expected,
    owed.is_designated,
    case
        when owed.first_received_on <= periods.due_on then 'on_time'
        when owed.first_received_on is not null then 'late'
        when owed.n_refused > 0 and periods.is_due then 'refused_only'
        when periods.is_due then 'missing'
        else 'not_yet_due'
    end as status,
    owed.n_submissions,
    owed.n_refused,
    owed.n_withdrawn,
    owed.first_received_on,
    owed.last_received_on,
    owed.rows_rejected,
    coalesce(organizations.n_organizations, 0) as n_organizations,
    coalesce(organizations.n_organizations_reported, 0) as n_organizations_reported
from owed
inner join {{ ref('dim_period') }} as periods on owed.period = periods.period
left join organizations
    on owed.lea_id = organizations.lea_id and owed.period = organizations.period
