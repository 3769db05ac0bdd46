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
        valid_to, n_years, is_in_directory, cohort_year, years_in_status, stay_no, is_reentry, ended_how,
        carried_from_id) values
    ('S1', 'L1', 'CSI', 'low_performance', '2018-19', '2020-21', '2018-07-01', '2020-07-01', 2, true, '2017-18', 3, 1,
        false, 'exited', 'S7'),
    ('S1', 'L1', 'CSI', 'low_performance', '2023-24', null, '2023-07-01', null, 1, true, '2023-24', 1, 2, true, null, null),
    ('S9', null, 'ATSI', 'low_subgroup', '2023-24', null, '2023-07-01', null, 1, false, '2023-24', 1, 1, false, null,
        null);
insert into marts.fct_feed_file (source_file, table_name, feed, received_at, outcome, is_feed_stale, rows_loaded,
        file_sha256) values
    ('a.csv', 'directory', 'directory', '2023-08-01', 'loaded', false, 2, repeat('a', 64)),
    ('b.csv', '', null, '2023-08-01', 'unmapped', false, null, repeat('b', 64));
insert into marts.fct_submission (submission_id, lea_id, period, school_year, received_at, received_on, due_on,
        is_late, days_late, outcome, refused_by, n_tables_standing, is_superseded, is_withdrawn, withdrawn_at,
        withdrawn_because, rows_read, rows_accepted, rows_rejected, file_sha256) values
    ('L1-1', 'L1', '2024-01', '2023-24', '2024-02-01', '2024-02-01', '2024-02-10', false, 0, 'accepted', null,
        5, false, false, null, null, 9, 9, 0, repeat('1', 64)),
    ('L1-2', 'L1', '2023-12', '2023-24', '2024-02-01', '2024-02-01', '2024-01-10', true, 22, 'refused', 'not_ours',
        0, false, false, null, null, 0, 0, 0, repeat('2', 64)),
    ('L1-3', 'L1', null, null, '2024-02-01', '2024-02-01', null, null, null, 'refused', 'unreadable',
        0, false, false, null, null, 0, 0, 0, repeat('3', 64)),
    ('L1-4', 'L1', '2024-02', '2023-24', '2024-02-10', '2024-02-10', '2024-03-10', false, 0, 'accepted_with_rejects', null,
        0, false, true, '2024-02-12', 'a test', 9, 8, 1, repeat('4', 64));
insert into marts.fct_reject (submission_id, finding_no, lea_id, period, school_year, received_at, outcome,
        submission_state, is_open, severity, rule_id, rule_checks, table_name, column_name, message) values
    ('L1-1', 1, 'L1', '2024-01', '2023-24', '2024-02-01', 'accepted', 'standing', true, 'flag', 'a', 'A holds.',
        'actions', 'Due', 'Look.'),
    ('L1-2', 1, 'L1', '2023-12', '2023-24', '2024-02-01', 'refused', 'refused', true, 'refuse', 'not_ours',
        'Ours.', null, null, 'Not ours.'),
    ('L1-3', 1, 'L1', null, null, '2024-02-01', 'refused', 'refused', null, 'refuse', 'unreadable',
        'It can be read.', null, null, 'Unreadable.'),
    ('L1-4', 1, 'L1', '2024-02', '2023-24', '2024-02-10', 'accepted_with_rejects', 'withdrawn', false, 'reject',
        'b', 'B holds.', 'actions', 'Due', 'Mend.');
insert into marts.rpt_reject_causes
    with placed as (
        select scope_level, scope_id, span_level, span, n_submissions, n_rows_read, finding.*
        from marts.fct_reject as finding
        cross join (values ('lea', 'L1'), ('region', 'unknown'), ('state', 'state')) s(scope_level, scope_id)
        cross join lateral (values
            ('month', coalesce(period, 'unknown'), 1, case when outcome = 'refused' then 0 else 9 end),
            ('school_year', coalesce(school_year, 'unknown'), case when period is null then 1 else 3 end,
                case when period is null then 0 else 18 end)
        ) t(span_level, span, n_submissions, n_rows_read)
    )
    select scope_level, scope_id, span_level, span, max(school_year), rule_id, severity,
        coalesce(table_name, ''), coalesce(column_name, ''), max(rule_checks), count(*),
        count(*) filter (where is_open), count(*) filter (where outcome <> 'refused'), max(n_rows_read),
        count(*) filter (where outcome <> 'refused')::double / nullif(max(n_rows_read), 0),
        count(*), max(n_submissions), count(*)::double / max(n_submissions), 1, min(received_at), max(received_at)
    from placed group by all;
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
        status, n_submissions, n_refused, n_withdrawn, first_received_on, last_received_on, rows_rejected,
        n_organizations, n_organizations_reported) values
    ('L1', '2024-01', '2023-24', '2024-02-10', true, true, 'on_time', 1, 0, 0, '2024-02-01', '2024-02-01', 0, 1, 1),
    ('L1', '2023-12', '2023-24', '2024-01-10', true, true, 'refused_only', 1, 1, 0, null, null, 0, 0, 0),
    ('L1', '2024-02', '2023-24', '2024-03-10', true, true, 'not_yet_due', 1, 0, 1, null, null, 0, 0, 0);
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
insert into marts.rpt_plan_quality (org_id, lea_id, org_level, school_year, criterion_id, part, weight, is_heuristic,
        outcome, n_items, n_failing, failing_items, first_failing_item, submission_id) values
    ('S1', 'L1', 'school', '2023-24', 'strategies_if_then_and', 'strategies', 2, false, 'not_met', 2, 1, '1.2', '1.2', 'L1-1'),
    ('S1', 'L1', 'school', '2023-24', 'mission_stated', 'direction', 1, false, 'met', 1, 0, null, null, null),
    ('S1', 'L1', 'school', '2023-24', 'goals_student_focused', 'direction', 1, true, 'not_applicable', 0, 0, null, null,
        null);
insert into marts.rpt_plan_quality_by_level
    with plans as (
        select criterion_id, 1 as n_plans, (outcome <> 'not_applicable')::int as n_applicable,
            (outcome = 'met')::int as n_met, if(outcome <> 'not_applicable', weight, 0) as weight_applicable,
            if(outcome = 'met', weight, 0) as weight_met
        from marts.rpt_plan_quality
    ), either as (
        select * from plans
        union all select 'all', 1, sum(n_applicable), sum(n_met), sum(weight_applicable), sum(weight_met) from plans
    ), scoped as (
        select scope_level, scope_id, plan_level, designation, either.*
        from (values ('lea', 'L1'), ('region', 'unknown'), ('state', 'state')) a(scope_level, scope_id),
            (values ('all'), ('school')) b(plan_level), (values ('all'), ('CSI')) c(designation), either
        union all select 'organization', 'S1', 'all', 'all', * from either where criterion_id = 'all'
    )
    select scope_level, scope_id, plan_level, designation, '2023-24', criterion_id, n_plans, n_applicable, n_met,
        weight_applicable, weight_met, n_met::double / nullif(n_applicable, 0),
        weight_met::double / nullif(weight_applicable, 0)
    from scoped;
-- one element shown, answered 1, 2 and 3, and one that two alone answered
insert into marts.rpt_self_reflection
    with codes(code_level, code, is_shown, n_elements) as (
        values ('element', '1a1', true, 1), ('element', '1a2', false, 1), ('practice', '1A', true, 2),
            ('domain', '1', true, 2), ('all', 'all', true, 2)
    ), scopes(scope_level, scope_id) as (values ('lea', 'L1'), ('region', 'unknown'), ('state', 'state'))
    select scope_level, scope_id, code_level, code, '2023-24', not is_shown, 1, is_shown::int, n_elements, is_shown::int,
        if(is_shown, 3, null), if(is_shown, 3, null), if(is_shown, 6, null), if(is_shown, 2.0, null),
        if(is_shown, 1.0, null), if(is_shown, 3.0, null), if(is_shown, 0.816497, null), 0, 0, null, null, null,
        if(code_level = 'practice', 1, null), if(code_level = 'practice', 20, null),
        if(code_level = 'practice', 1, null), if(code_level = 'practice', 0, null),
        if(code_level = 'practice', 0, null), if(code_level = 'practice', 0, null)
    from scopes cross join codes;
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
