-- Awards of the reservation in coherent_section1003.sql: 1,330,000 for LEAs, of it 50,000 not awarded
insert into marts.fct_1003_award_year (fiscal_year, school_year, version, method, reserved, state_share, lea_pool, promised,
        new_money, new_awards, awarded, unallocated, n_leas, n_leas_paid, n_schools_eligible, n_schools_paid) values
    (2024, '2024-25', 'final', 'by_status', 1400000, 70000, 1330000, 100000, 1230000, 1180000, 1280000, 50000, 2, 2, 2, 3);
insert into marts.fct_1003_award (fiscal_year, school_year, version, lea_id, method, recipient_ids, n_identified, n_eligible,
        n_paid, standing, reason, award, to_schools, own_part, new_award, promised, direct_services, retained) values
    (2024, '2024-25', 'final', 'A', 'by_status', 'A', 3, 1, 2, 'paid', 'Gets an award.', 900000, 900000, 0, 800000, 100000,
        100000, 80000),
    (2024, '2024-25', 'final', 'B', 'by_status', 'ESA', 1, 1, 1, 'paid', 'Gets an award.', 380000, 330000, 50000, 380000, 0,
        0, 0);
insert into marts.fct_1003_award_school (fiscal_year, school_year, lea_id, org_id, recipient_id, recipient_kind, category,
        method, is_eligible, standing, reason, smallest_award, largest_award, promised, new_award, award, direct_services,
        retained_by_lea, at_school, first_fiscal_year, last_fiscal_year, is_planning_year) values
    (2024, '2024-25', 'A', 'A1', 'A', 'lea', 'CSI', 'by_status', true, 'paid', 'Gets an award.', 50000, 800000, 0, 800000,
        800000, 0, 80000, 720000, 2024, 2026, false),
    (2024, '2024-25', 'A', 'A2', 'A', 'lea', 'CSI', 'by_status', false, 'committed', 'Is paid.', 0, null, 100000, 0, 100000,
        100000, 0, 100000, 2023, 2026, false),
    (2024, '2024-25', 'A', 'A3', 'A', 'lea', 'TSI', 'by_status', false, 'not_eligible', 'Is not.', 0, null, 0, 0, 0, 0, 0, 0,
        null, null, false),
    (2024, '2024-25', 'B', 'B1', 'ESA', 'service_agency', 'TSI', 'by_status', true, 'paid', 'Gets an award.', 0, null, 0,
        330000, 330000, 0, 0, 330000, 2024, 2024, false);
insert into marts.fct_1003_award_step (fiscal_year, scope_level, scope_id, lea_id, step_no, step, changed_by, amount, sentence) values
    (2024, 'state', 'state', null, 1, 'reserved', 1400000, 1400000, 'Reserved.'),
    (2024, 'state', 'state', null, 2, 'state_share', -70000, 1330000, 'The state keeps it.'),
    (2024, 'state', 'state', null, 3, 'promised', -100000, 1230000, 'Promised.'),
    (2024, 'state', 'state', null, 4, 'awarded', -1180000, 50000, 'New awards.'),
    (2024, 'lea', 'A', 'A', 1, 'schools', 900000, 900000, 'Awards of its 2 schools.'),
    (2024, 'lea', 'B', 'B', 1, 'part_amount', 50000, 50000, 'District.'),
    (2024, 'lea', 'B', 'B', 2, 'schools', 330000, 380000, 'Awards of its 1 schools.'),
    (2024, 'school', 'A1', 'A', 1, 'part_amount', 900000, 900000, 'CSI school.'),
    (2024, 'school', 'A1', 'A', 2, 'cap_school', -100000, 800000, 'Not more than the cap.'),
    (2024, 'school', 'A2', 'A', 1, 'commitment', 100000, 100000, 'Award 7.'),
    (2024, 'school', 'B1', 'B', 1, 'part_amount', 330000, 330000, 'TSI school.');
insert into marts.rpt_1003_geography (fiscal_year, group_kind, group_name, n_leas_eligible, n_leas_awarded, n_schools_eligible,
        n_schools_awarded, award, eligible_share, award_share, is_required, standing) values
    (2024, 'region', 'North', 1, 1, 1, 2, 900000, 0.5, 0.7317, true, 'has an award'),
    (2024, 'region', 'South', 1, 1, 1, 1, 330000, 0.5, 0.2683, true, 'has an award'),
    (2024, 'locale', 'not known', 2, 2, 2, 3, 1230000, 1, 1, true, 'has an award');
