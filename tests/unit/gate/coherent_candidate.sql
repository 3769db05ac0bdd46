-- A few rows in every mart that agree with each other: one LEA, one school, one month of actions.
insert into lake.run values ('2024-02-15', 'v1', 'p1', 'a1', 'Demo');
insert into marts.dim_practice (practice_code, practice_title, domain_code)
    select d || p, 'Title', d from (values ('1'), ('2'), ('3'), ('4')) a(d), (values ('A'), ('B'), ('C')) b(p);
insert into marts.dim_period (period, period_start, period_end, school_year, month_no, quarter_no, semester_no,
        quarter_id, semester_id, due_on, is_reporting_month, is_due)
    select strftime(s, '%Y-%m'), s, last_day(s), '2023-24', n + 1, n // 3 + 1, n // 6 + 1,
        '2023-24 Q' || (n // 3 + 1), '2023-24 S' || (n // 6 + 1), last_day(s) + 10, true, n < 7
    from (select n, cast(date '2023-07-01' + to_months(n::integer) as date) as s from range(12) t(n));
insert into marts.dim_organization (org_id, org_level, lea_id, first_listed_on, last_listed_on) values
    ('L1', 'lea', 'L1', '2020-01-01', '2023-01-01'), ('S1', 'school', 'L1', '2020-01-01', '2023-01-01');
insert into marts.dim_designation (org_id, lea_id, category, reason, valid_from_year, valid_to_year, valid_from,
        valid_to, n_years, is_in_directory) values
    ('S1', 'L1', 'CSI', 'low_performance', '2018-19', '2020-21', '2018-07-01', '2020-07-01', 2, true),
    ('S1', 'L1', 'CSI', 'low_performance', '2023-24', null, '2023-07-01', null, 1, true),
    ('S9', null, 'ATSI', 'low_subgroup', '2023-24', null, '2023-07-01', null, 1, false);
insert into marts.fct_feed_file (source_file, table_name, feed, received_at, outcome, is_feed_stale, rows_loaded,
        file_sha256) values
    ('a.csv', 'directory', 'directory', '2023-08-01', 'loaded', false, 2, repeat('a', 64)),
    ('b.csv', '', null, '2023-08-01', 'unmapped', false, null, repeat('b', 64));
insert into marts.fct_submission (submission_id, lea_id, period, school_year, received_at, received_on, due_on,
        is_late, days_late, outcome, refused_by, n_tables_standing, is_superseded, rows_read, rows_accepted,
        rows_rejected, file_sha256) values
    ('L1-1', 'L1', '2024-01', '2023-24', '2024-02-01', '2024-02-01', '2024-02-10', false, 0, 'accepted', null,
        5, false, 9, 9, 0, repeat('1', 64)),
    ('L1-2', 'L1', '2023-12', '2023-24', '2024-02-01', '2024-02-01', '2024-01-10', true, 22, 'refused', 'not_ours',
        0, false, 0, 0, 0, repeat('2', 64)),
    ('L1-3', 'L1', null, null, '2024-02-01', '2024-02-01', null, null, null, 'refused', 'unreadable',
        0, false, 0, 0, 0, repeat('3', 64));
insert into marts.dim_strategy (org_id, lea_id, school_year, strategy_code, practice_codes, is_in_latest_plan,
        submission_id) values
    ('S1', 'L1', '2023-24', '1.1', '1A,2B', true, 'L1-1'), ('S1', 'L1', '2023-24', '1.2', null, true, 'L1-1');
insert into marts.fct_action_status (org_id, lea_id, school_year, period, strategy_code, milestone_code, action_code,
        due_on, budget, status, status_period, is_reported, is_planned, is_completed, is_due, is_on_time, is_behind,
        percent_complete, completed_on, submission_id) values
    ('S1', 'L1', '2023-24', '2024-01', '1.1', '1.1.1', '1.1.1.1', '2024-01-31', 10, 'completed', '2024-01', true,
        true, true, true, true, false, 100, '2024-01-20', 'L1-1'),
    ('S1', 'L1', '2023-24', '2024-01', '1.1', '1.1.1', '1.1.1.2', '2024-02-01', 10, 'delayed', '2024-01', true,
        true, false, false, false, true, 20, null, 'L1-1'),
    ('S1', 'L1', '2023-24', '2024-01', '1.2', '1.2.1', '1.2.1.1', '2024-01-01', 10, 'discontinued', '2024-01', true,
        false, false, false, false, false, null, null, 'L1-1'),
    ('S1', 'L1', '2023-24', '2024-01', '1.2', '1.2.1', '1.2.1.2', '2024-01-01', 10, 'not_reported', null, false,
        true, false, false, false, false, null, null, null);
insert into marts.fct_milestone_quarter (org_id, lea_id, school_year, quarter_id, as_of_period, strategy_code,
        milestone_code, is_reported, n_actions, n_planned, n_not_reported, n_completed, n_due, n_on_time,
        n_due_on_time, n_behind, is_completed, is_behind, completed_pct, on_time_pct, behind_pct) values
    ('S1', 'L1', '2023-24', '2023-24 Q3', '2024-01', '1.1', '1.1.1', true, 2, 2, 0, 1, 1, 1, 1, 1, false, true,
        50, 50, 50),
    ('S1', 'L1', '2023-24', '2023-24 Q3', '2024-01', '1.2', '1.2.1', true, 2, 1, 1, 0, 0, 0, 0, 0, false, false,
        null, null, null);
insert into marts.fct_strategy_semester (org_id, lea_id, school_year, semester_id, as_of_period, strategy_code,
        is_reported, n_milestones, n_milestones_completed, n_milestones_behind, n_actions, n_planned, n_not_reported,
        n_completed, n_due, n_on_time, n_due_on_time, n_behind, milestones_completed_pct) values
    ('S1', 'L1', '2023-24', '2023-24 S2', '2024-01', '1.1', true, 1, 0, 1, 2, 2, 0, 1, 1, 1, 1, 1, 0),
    ('S1', 'L1', '2023-24', '2023-24 S2', '2024-01', '1.2', true, 1, 0, 0, 2, 1, 1, 0, 0, 0, 0, 0, 0);
insert into marts.rpt_submission_completeness (lea_id, period, school_year, due_on, is_expected, is_designated,
        status, n_submissions, n_refused, first_received_on, last_received_on, rows_rejected, n_organizations,
        n_organizations_reported) values
    ('L1', '2024-01', '2023-24', '2024-02-10', true, true, 'on_time', 1, 0, '2024-02-01', '2024-02-01', 0, 1, 1),
    ('L1', '2023-12', '2023-24', '2024-01-10', true, true, 'refused_only', 1, 1, null, null, 0, 0, 0),
    ('L1', '2024-02', '2023-24', '2024-03-10', true, true, 'not_yet_due', 0, 0, null, null, 0, 0, 0);
insert into marts.rpt_implementation_by_practice
    with strategies as (
        select *, case strategy_code when '1.1' then 0 else 1 end as n_discontinued
        from marts.fct_strategy_semester
    ), coded as (
        select 'all' as code_level, 'all' as code, * from strategies
        union all select 'practice', unnest(['1A', '2B']), * from strategies where strategy_code = '1.1'
        union all select 'domain', unnest(['1', '2']), * from strategies where strategy_code = '1.1'
        union all select 'uncoded', 'uncoded', * from strategies where strategy_code = '1.2'
    ), scoped as (
        select 'organization' as scope_level, org_id as scope_id, * from coded
        union all select 'lea', lea_id, * from coded
        union all select 'region', 'unknown', * from coded
        union all select 'state', 'state', * from coded
    )
    select scope_level, scope_id, code_level, code, '2023-24', '2024-01', 1, 1, count(*), sum(n_actions),
        sum(n_planned), sum(n_not_reported), sum(n_discontinued), sum(n_completed), sum(n_due), sum(n_on_time),
        sum(n_due_on_time), sum(n_behind), sum(n_milestones), sum(n_milestones_completed), sum(n_milestones_behind),
        sum(n_completed)::double / nullif(sum(n_planned) - sum(n_not_reported), 0),
        sum(n_due_on_time)::double / nullif(sum(n_due), 0),
        sum(n_behind)::double / nullif(sum(n_planned) - sum(n_not_reported), 0),
        sum(n_not_reported)::double / nullif(sum(n_planned), 0)
    from scoped group by all;
insert into marts.rpt_implementation_by_span by name
    select month.* exclude (period), span.kind as span_kind, span.id as span_id, period as first_as_of_period,
        period as last_as_of_period
    from marts.rpt_implementation_by_practice as month,
        (values ('quarter', '2023-24 Q3'), ('semester', '2023-24 S2'), ('year', '2023-24')) as span(kind, id);
insert into marts.rpt_implementation_by_group by name
    select month.* exclude (period), span.kind as span_kind, span.id as span_id, g.kind as group_kind,
        g.of_kind as group_value
    from marts.rpt_implementation_by_practice as month,
        (values ('month', '2024-01'), ('quarter', '2023-24 Q3'), ('year', '2023-24')) as span(kind, id),
        (values ('all', 'all'), ('designation', 'CSI'), ('org_level', 'school'), ('evidence_tier', '2'),
            ('fund_source', 'Title I'), ('fund_source', '1003')) as g(kind, of_kind)
    where scope_level in ('region', 'state') or (scope_level = 'lea' and span.kind <> 'month');
insert into marts.fct_action_history (org_id, lea_id, school_year, strategy_code, milestone_code, action_code, run_no,
        state, valid_from_period, n_periods, is_slip, is_reopened, n_periods_stuck, due_on_from, due_on, n_due_moves)
    select org_id, lea_id, school_year, strategy_code, milestone_code, action_code, 1,
        case status when 'delayed' then 'behind' else status end, period, 1, is_behind, false, is_behind::int, due_on,
        due_on, 0
    from marts.fct_action_status;
insert into marts.rpt_action_course by name
    select org_id, lea_id, school_year, strategy_code, milestone_code, action_code, valid_from_period as first_period,
        state as last_state, valid_from_period as last_state_since, n_periods,
        (state = 'not_reported')::int as n_periods_not_reported, is_slip::int as n_periods_behind, n_periods_stuck,
        is_slip::int as n_slips, case when is_slip then valid_from_period end as first_slip_period, 0 as n_reopened,
        0 as n_due_moves, due_on as first_due_on, due_on as last_due_on, 0 as days_due_moved
    from marts.fct_action_history;
insert into marts.rpt_reporting_differences (org_id, lea_id, school_year, span_kind, span_id, as_of_period, item_code,
        figure, own_pct, counted_pct, difference, direction, submission_id) values
    ('S1', 'L1', '2023-24', 'quarter', '2023-24 Q3', '2024-01', '1.1.1', 'actions_completed', 80, 50, 30,
        'own_higher', 'L1-1');
insert into marts.rpt_reporting_agreement (scope_level, scope_id, school_year, span_kind, span_id, figure, n_compared,
        n_different, n_own_higher, n_organizations, n_organizations_different, median_abs_difference, different_rate)
    select scope, id, '2023-24', 'quarter', '2023-24 Q3', 'actions_completed', 2, 1, 1, 1, 1, 15, 0.5
    from (values ('lea', 'L1'), ('state', 'state')) as scopes(scope, id);
insert into marts.rpt_adjustments (org_id, lea_id, school_year, strategy_code, item_level, item_code, period,
        has_adjustment, adjustment, last_stated_in_period, n_periods_stated, state, outcome, n_periods_followed,
        n_periods_known, submission_id) values
    ('S1', 'L1', '2023-24', '1.1', 'action', '1.1.1.2', '2024-01', true, 'Moved it', '2024-01', 1, 'behind',
        'too_early', 0, 0, 'L1-1');
insert into marts.rpt_adjustment_recovery (scope_level, scope_id, school_year, item_level, code_level, code,
        n_adjustments, n_not_behind, n_recovered, n_not_recovered, n_discontinued, n_too_early, n_unknown,
        n_recovered_by_moved_due_day, n_unanswered, n_unanswered_recovered, n_unanswered_not_recovered,
        n_unanswered_discontinued, n_unanswered_too_early, n_unanswered_unknown)
    select scope, id, '2023-24', 'action', 'all', 'all', 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0
    from (values ('organization', 'S1'), ('lea', 'L1'), ('region', 'unknown'), ('state', 'state')) as s(scope, id);
insert into marts.rpt_waning (org_id, lea_id, org_level, school_year, period, code_level, code, waning_rule,
        since_period, n_periods, is_last_of_year, n_known, n_due, n_behind, behind_rate, n_peers, peers_behind_median,
        peers_behind_mad, peers_spread, in_words) values
    ('S1', 'L1', 'school', '2023-24', '2024-01', 'all', 'all', 'peers', '2023-12', 2, true, 2, 1, 1, 0.5, 9, 0.1, 0.1,
        0.1, '1 of 2 actions are behind');
