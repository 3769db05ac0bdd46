-- A plan done late, an approval of the state that is overdue, and an ATSI school that no directory knows.
insert into marts.fct_duty (org_id, lea_id, category, duty_code, school_year, occurrence, duty_title, recurs, owed_by,
        owed_by_id, is_states_own, citation, owed_since, owed_until, due_on, done_on, completed_on, state, days_late,
        submission_id) values
    ('S1', 'L1', 'CSI', 'plan', '2023-24', 'once', 'Plan', 'once', 'lea', 'L1', false, 'law', '2023-07-01', null,
        '2023-12-01', '2023-12-02', '2023-12-02', 'done_late', 1, 'L1-1'),
    ('S1', 'L1', 'CSI', 'approval_sea', '2023-24', 'once', 'Approval', 'once', 'sea', 'state', false, 'law', '2023-07-01',
        null, '2024-01-31', null, null, 'overdue', 14, null),
    ('S9', null, 'ATSI', 'becomes_csi', '2023-24', 'once', 'CSI', 'once', 'sea', 'state', false, 'law', '2023-07-01', null,
        null, null, null, 'open', null, null);
insert into marts.rpt_duties
    with levels as (
        select 'lea' as scope_level, coalesce(lea_id, 'unknown') as scope_id, * from marts.fct_duty
        union all select 'state', 'state', * from marts.fct_duty
    )
    select scope_level, scope_id, school_year, category, duty_code, owed_by, duty_title, 1, 1, 0, 0,
        (state = 'done_late')::int, (state = 'overdue')::int, (state = 'open')::int, 0, (state <> 'open')::int,
        (state = 'done_late')::double, if(state = 'open', null, 0)
    from levels;
