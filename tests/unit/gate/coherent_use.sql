-- What came after the awards in coherent_awards.sql: A may draw 800,000 (100,000 are services of the state), B 380,000
insert into marts.fct_1003_payment (fiscal_year, school_year, lea_id, payment_no, period, drawable, spent, paid_before,
        payment, paid_so_far, still_to_pay, standing, reason) values
    (2024, '2024-25', 'A', 1, null, 800000, null, 0, 200000, 200000, 600000, 'first', 'First.'),
    (2024, '2024-25', 'A', 2, '2024-12', 800000, 300000, 200000, 100000, 300000, 500000, 'paid', 'Paid.'),
    (2024, '2024-25', 'B', 1, null, 380000, null, 0, 95000, 95000, 285000, 'first', 'First.'),
    (2024, '2024-25', 'B', 2, '2024-12', 380000, null, 95000, 0, 95000, 285000, 'not_reported', 'Nothing.');
insert into marts.rpt_1003_gate (fiscal_year, school_year, lea_id, gate_on, gate_percent, drawable, needed, spent, short,
        reported_period, needed_period, days_left, standing) values
    (2024, '2024-25', 'A', '2025-06-01', 60, 800000, 480000, 300000, 180000, '2024-12', '2025-05', 100, 'open'),
    (2024, '2024-25', 'B', '2024-12-31', 0.001, 380000, 3.80, 0, 3.80, '2024-12', '2024-12', null, 'missed');
insert into marts.rpt_1003_balance (fiscal_year, school_year, lea_id, recipient_ids, award, direct_services, drawable, spent,
        paid, left_over, carried_over, reported_period, available_from, available_until, days_left, expired, standing) values
    (2024, '2024-25', 'A', 'A', 900000, 100000, 800000, 300000, 300000, 500000, null, '2024-12', '2024-07-01', '2026-09-30',
        600, 0, 'open'),
    (2024, '2024-25', 'B', 'ESA', 380000, 0, 380000, 0, 95000, 380000, 380000, null, '2024-07-01', '2026-09-30', 0, 380000,
        'expired');
insert into marts.rpt_1003_cliff (fiscal_year, school_year, lea_id, org_id, award, next_year_is, next_year, second_year,
        third_year, falls_by, fall_rate, money_until, plan_year, n_strategies, n_running_on, running_on, last_end_on) values
    (2024, '2024-25', 'A', 'A1', 800000, 'planned', 800000, 800000, 0, 0, 0, '2027-06-30', '2023-24', 2, 0, null, null),
    (2024, '2024-25', 'A', 'A2', 100000, 'promised', 60000, 0, 0, 40000, 0.4, '2026-06-30', '2023-24', 2, 1, '1.1', '2026-07-01'),
    (2024, '2024-25', 'B', 'B1', 330000, 'nothing', 0, 0, 0, 330000, 1, '2025-06-30', null, 0, 0, null, null);
insert into marts.rpt_1003_use (fiscal_year, school_year, scope_level, scope_id, lea_id, award, available, planned, spent,
        planned_above, spent_above, spent_above_plan, reported_period, n_findings, finding_codes, findings) values
    (2024, '2024-25', 'organization', 'A1', 'A', 800000, 800000, 800000, 300000, 0, -500000, -500000, '2024-12', 0, null, null),
    (2024, '2024-25', 'organization', 'B1', 'B', 330000, 330000, 400000, 0, 70000, -330000, -400000, null, 2,
        'not_reported,plans_beyond', 'No report. Plans beyond.'),
    (2024, '2024-25', 'organization', 'B', 'B', 50000, 50000, 0, 60000, -50000, 10000, 60000, '2024-12', 1, 'spends_beyond',
        'Spends beyond.'),
    (2024, '2024-25', 'lea', 'A', 'A', 800000, 800000, 800000, 300000, 0, -500000, -500000, '2024-12', 0, null, null),
    (2024, '2024-25', 'lea', 'B', 'B', 380000, 380000, 400000, 60000, 20000, -320000, -340000, '2024-12', 1, 'plans_beyond',
        'Plans beyond.');
insert into marts.rpt_1003_excess (fiscal_year, school_year, lea_id, lea_name, excess, title1_amount, by_subpart2, criterion,
        criterion_value, by_section_1126c, chosen_way, additional, consulted_on, standing) values
    (2024, '2024-25', 'A', 'A', 50000, 10000000, 25000, 'unmet_request', 30000, 30000, 'section_1126c', 30000, '2024-01-31',
        'LEAs were consulted'),
    (2024, '2024-25', 'B', 'B', 50000, 6000000, 15000, 'unmet_request', 0, 0, 'section_1126c', 0, '2024-01-31',
        'LEAs were consulted'),
    (2024, '2024-25', 'C', 'C', 50000, 4000000, 10000, 'unmet_request', 0, 0, 'section_1126c', 0, '2024-01-31',
        'LEAs were consulted');
insert into marts.rpt_1003_public_list (fiscal_year, school_year, lea_id, lea_name, lea_amount, org_level, org_id, org_name,
        category, amount, kept_by_lea, strategy_types, practice_codes, practices, is_type_stated) values
    (2024, '2024-25', 'A', 'A', 900000, 'school', 'A1', 'A1', 'CSI', 800000, 80000, 'coaching', '1A', 'Title', true),
    (2024, '2024-25', 'A', 'A', 900000, 'school', 'A2', 'A2', 'CSI', 100000, 0, null, null, null, false),
    (2024, '2024-25', 'B', 'B', 380000, 'school', 'B1', 'B1', 'TSI', 330000, 0, 'other', null, null, true),
    (2024, '2024-25', 'B', 'B', 380000, 'lea', 'B', 'B', null, 50000, 0, null, '2B', 'Title', true);
