-- What became of the designations of S1 and S9 (dim_designation), list by list; S9 stands on the newest alone.
insert into marts.fct_designation_event (org_id, school_year, category, event_code, ends_stay, from_category,
        from_reason, to_category, to_reason, cohort_year, stay_no, from_status, from_source_row, to_status,
        to_source_row) values
    ('S1', '2018-19', 'CSI', 'carried_over', false, null, null, 'CSI', 'low_performance', '2017-18', 1, null, null,
        'CSI Low', 2),
    ('S1', '2019-20', 'CSI', 'continued', false, 'CSI', 'low_performance', 'CSI', 'low_performance', '2017-18', 1,
        'CSI Low', 2, 'CSI Low', 2),
    ('S1', '2020-21', 'CSI', 'exited', true, 'CSI', 'low_performance', 'none', null, '2017-18', 1, 'CSI Low', 2,
        'No Status', 2),
    ('S1', '2023-24', 'CSI', 're_entered', false, 'none', null, 'CSI', 'low_performance', '2023-24', 2, 'No Status', 2,
        'CSI Low', 2),
    ('S9', '2023-24', 'ATSI', 'identified', false, 'not_on_list', null, 'ATSI', 'low_subgroup', '2023-24', 1, null,
        null, 'ATSI', 3);
insert into marts.rpt_designation_transition
    select comparison, from_year, to_year, from_category, from_reason, to_category, to_reason, 1, 1, 1, 1.0
    from (values ('years'), ('lists')) as c(comparison), (values
        ('2018-19', '2019-20', 'CSI', 'low_performance', 'CSI', 'low_performance'),
        ('2019-20', '2020-21', 'CSI', 'low_performance', 'none', 'none'),
        ('2020-21', '2023-24', 'none', 'none', 'CSI', 'low_performance'),
        ('2020-21', '2023-24', 'not_on_list', 'none', 'ATSI', 'low_subgroup')
    ) as t(from_year, to_year, from_category, from_reason, to_category, to_reason);
insert into marts.rpt_designation_disagreement (org_id, school_year, kind, first_list_year, second_list_year,
        first_category, first_reason, second_category, second_reason, standing_list_year, standing_category,
        standing_reason, stands_because, in_words) values
    ('S1', '2019-20', 'lists_differ', '2019-20', '2020-21', 'CSI', 'low_performance', 'none', null, '2019-20', 'CSI',
        'low_performance', 'own_list', 'Why.'),
    ('S9', '2019-20', 'left_out_by_own_list', '2019-20', '2023-24', 'not_on_list', null, 'ATSI', 'low_subgroup',
        '2019-20', 'none', null, 'own_list', 'Why.');
insert into marts.rpt_organization_link (org_id, successor_id, kind, is_certain, basis, effective_on, carries_status,
        effect) values
    ('S7', 'S1', 'changed_id', true, 'stated', '2018-07-01', true, 'carries'),
    ('S8', 'S9', 'candidate', false, 'federal_id', null, false, 'to_be_decided');
