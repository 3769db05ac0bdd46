-- One list year: a school on the list and found, one found alone, one on the list that cannot be worked out
insert into marts.rpt_identification_check (school_year, result_year, org_id, lea_id, category, reason, is_official,
        is_computed, agreement, difference_code, explanation, computed_outcome, figure, line, n_students, is_title1,
        is_alternative, years_before, is_more_rigorous_due) values
    ('2023-24', '2022-23', 'S1', 'L1', 'CSI', 'low_performance', true, true, 'agree', null,
        'is CSI: index 20, cut 20; official: CSI', 'identified', 20, 20, 40, true, false, 0, false),
    ('2023-24', '2022-23', 'S2', 'L1', 'CSI', 'low_graduation', false, true, 'computed_only', 'figure',
        'would be CSI: one-year rate 60, line 67; official: none; nothing else', 'identified', 60, 67, 40, true, false, 0,
        false),
    ('2023-24', '2022-23', 'S3', 'L1', 'CSI', 'low_graduation', true, true, 'agree', null,
        'is CSI: too few to tell; official: CSI', 'stays', null, 67, null, true, false, 4, true),
    ('2023-24', '2022-23', 'S9', null, 'ATSI', 'low_subgroup', true, null, 'not_computed', 'no_index',
        'not worked out; official: ATSI; no index', null, null, null, null, null, false, 0, false);
insert into marts.rpt_identification_lists (school_year, category, reason, result_year, is_identification_year, is_frozen,
        not_computed_as, not_computed_because, n_official, n_computed, n_agree, n_official_only, n_computed_only,
        n_outranked, n_no_list, n_not_computed, n_more_rigorous_due, n_title1, n_rated, n_wanted, cut) values
    ('2023-24', 'CSI', 'low_performance', '2022-23', true, false, null, null, 1, 1, 1, 0, 0, 0, 0, 0, 0, 20, 19, 1, 20),
    ('2023-24', 'CSI', 'low_graduation', '2022-23', true, false, null, null, 1, 2, 1, 0, 1, 0, 0, 0, 1, null, null, null,
        null),
    ('2023-24', 'ATSI', 'low_subgroup', '2022-23', true, false, 'no_index', 'policy has no index', 1, 0, 0, 0, 0, 0, 0, 1, 0,
        null, null, null, null);
