-- The agenda that the rows above call for, and the story of the school's year with that of its LEA.
insert into marts.rpt_coaching_agenda (org_id, lea_id, school_year, quarter_id, as_of_period, agenda_rank, trigger_id,
        question_id, cycle_step, item_kind, item_code, question, figures, severity, item_rank, n_raised, numerator,
        denominator, source_model, submission_id)
    select 'S1', 'L1', '2023-24', '2023-24 Q3', '2024-01', row_no, trigger_id, trigger_id, 'monitor_progress', kind,
        item, 'Why?', 'So many.', 1, 1, 1, n, of_n, 'm', file
    from (values (1, 'waning', 'all', 'all', 1, 2, null), (2, 'milestone_behind', 'milestone', '1.1.1', 1, 2, 'L1-1'),
        (3, 'count_differs', 'milestone', '1.1.1', null, null, 'L1-1'),
        (4, 'plan_work_gap', 'criterion', 'strategies_if_then_and', 1, 2, 'L1-1'))
        t(row_no, trigger_id, kind, item, n, of_n, file);
insert into marts.rpt_story_year (org_id, lea_id, school_year, as_of_period, seq, section, scope, sentence_id, item_key,
        sentence, n_organizations, numerator, denominator, figure, baseline, year_target, source_model, source_key)
    select org, 'L1', '2023-24', '2024-01', seq, section, scope, sentence_id, item, 'So many.', 1, n, of_n, value,
        null, null, 'm', 'org_id=S1'
    from (values
        ('S1', 1, 'done', 'own', 'actions_completed', 'year', 1, 2, 0.5),
        ('S1', 2, 'done', 'own', 'actions_on_time', 'year', 1, 1, 1),
        ('S1', 3, 'changed', 'own', 'goals_met', 'year', 0, 1, 0),
        ('S1', 4, 'changed', 'own', 'goal_measure', 'G1 measure 1', null, 20, 48),
        ('S1', 5, 'next', 'own', 'actions_behind', 'year', 1, 2, 0.5),
        ('S1', 6, 'next', 'own', 'question', '2023-24 Q3 milestone_behind 1.1.1', null, null, null),
        ('S1', 7, 'not_known', 'own', 'goals_suppressed', 'year', 1, 2, 0.5),
        ('L1', 1, 'done', 'schools', 'actions_completed', 'year', 1, 2, 0.5),
        ('L1', 2, 'not_known', 'schools', 'goals_suppressed', 'year', 1, 2, 0.5)
    ) t(org, seq, section, scope, sentence_id, item, n, of_n, value);
