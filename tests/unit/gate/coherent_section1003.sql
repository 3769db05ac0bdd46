-- Worked example 1 of the reference (ESEA §1003, the cap of (h)), shared with a floor
insert into marts.fct_1003_lea_contribution (fiscal_year, version, school_year, is_standing, lea_id, amount, prior_amount,
        prior_source, prior_version, room, sharing, contribution, amount_after, contribution_with_floor,
        contribution_to_gain, is_pinned) values
    (2024, 'final', '2024-25', true, 'A', 10000000, 8800000, 'allocation', 'final', 1200000, 'proportional_with_floor',
        1181818.18, 8818181.82, 1181818.18, 1158620.69, false),
    (2024, 'final', '2024-25', true, 'B', 6000000, 5900000, 'allocation', 'final', 100000, 'proportional_with_floor',
        100000, 5900000, 100000, 96551.72, true),
    (2024, 'final', '2024-25', true, 'C', 3000000, 3100000, 'allocation', 'final', 0, 'proportional_with_floor',
        0, 3000000, 0, 0, true),
    (2024, 'final', '2024-25', true, 'D', 1000000, 850000, 'allocation', 'final', 150000, 'proportional_with_floor',
        118181.82, 881818.18, 118181.82, 144827.59, false);
insert into marts.fct_1003_reservation (fiscal_year, version, school_year, is_standing, n_leas, title1_total,
        percent_target, fy2016_target, target, target_basis, is_capped, standing_of_reservation, room_total, reserved,
        shortfall, n_leas_without_gain, n_leas_pinned, sharing, lea_pool, state_share, is_pool_stated,
        is_lea_pool_lawful) values
    (2024, 'final', '2024-25', true, 4, 20000000, 1400000, 0, 1400000, 'percent', true, 'the target', 1450000, 1400000,
        0, 1, 2, 'proportional_with_floor', 1330000, 70000, false, true);
-- A school that meets both rules shown and one that fails one; scores of two LEAs, one without a record
insert into marts.fct_1003_eligibility (fiscal_year, school_year, lea_id, org_id, category, rule_id, rule_no, rule_rank,
        rule_title, asks, citation, is_state_choice, outcome, is_met, sentence, n_rules_not_met, is_eligible) values
    (2024, '2024-25', 'L1', 'S1', 'CSI', 'designated', 'E1', 1, 't', 'a', 'c', false, 'met', true, 'CSI.', 0, true),
    (2024, '2024-25', 'L1', 'S1', 'CSI', 'application', 'E2', 3, 't', 'a', 'c', false, 'met', true, 'Sent.', 0, true),
    (2024, '2024-25', 'L2', 'S9', null, 'designated', 'E1', 1, 't', 'a', 'c', false, 'not_met', false, 'None.', 1, false),
    (2024, '2024-25', 'L2', 'S9', null, 'application', 'E2', 3, 't', 'a', 'c', false, 'met', true, 'Sent.', 1, false);
insert into marts.fct_1003_score (fiscal_year, school_year, lea_id, component, criterion, component_order, component_title,
        citation, raw_numerator, raw_denominator, raw_value, raw_unit, basis, n_ranked, place_numerator, place_denominator,
        place, weight, weight_used, points, is_missing, missing_is, sentence, lea_points, lea_rank) values
    (2024, '2024-25', 'L1', 'concentration', 'concentration', 1, 't', 'c', 2, 4, 0.5, 'schools', 'number', 2, 2, 2, 1.0, 60, 60,
        60, false, null, 's', 80, 1),
    (2024, '2024-25', 'L1', 'need_years', 'need', 2, 't', 'c', 3, 3, 1.0, 'years', null, 2, 1, 2, 0.5, 20, 20, 10, false, null,
        's', 80, 1),
    (2024, '2024-25', 'L1', 'commitment_plan', 'commitment', 7, 't', 'c', null, null, null, 'share', null, 0, 1, 2, 0.5, 20, 20,
        10, true, 'neutral', 's', 80, 1),
    (2024, '2024-25', 'L2', 'concentration', 'concentration', 1, 't', 'c', 1, 4, 0.25, 'schools', 'share', 2, 0, 2, 0.0, 60, 75,
        0, false, null, 's', 12.5, 2),
    (2024, '2024-25', 'L2', 'need_years', 'need', 2, 't', 'c', 1, 1, 1.0, 'years', null, 2, 1, 2, 0.5, 20, 25, 12.5, false, null,
        's', 12.5, 2),
    (2024, '2024-25', 'L2', 'commitment_plan', 'commitment', 7, 't', 'c', null, null, null, 'share', null, 0, 1, 2, 0.5, 20, 0,
        null, true, 'reweight', 's', 12.5, 2);
insert into marts.rpt_title1_hold_harmless (fiscal_year, lea_id, formula, amount, base_amount, base_source,
        formula_children_percent, is_formula_eligible, last_eligible_year, hold_percent, floor_amount, is_short,
        required_amount, outcome, missing_amount, sentence) values
    (2024, 'A', 'basic', 95.01, 100.01, 'year before', 30, true, 2024, 95, 95.01, false, 95.01, 'met', 0, 's'),
    (2024, 'B', 'basic', 80, 100, 'year before', 10, true, 2024, 85, 85, false, 85, 'not_met', 5, 's');
insert into marts.fct_1003_other_reserves (fiscal_year, school_year, reserve, citation, amount, base_amount, limit_percent,
        limit_by_percent, minimum_limit, published_limit, limit_source, limit_amount, room, is_consultation_recorded,
        is_administration_lawful, is_lawful, sentence) values
    (2024, '2024-25', 'state_administration', 'c', 500000, 60000000, 1, 600000, 400000, 450000, 'published', 450000, -50000,
        true, true, false, 's'),
    (2024, '2024-25', 'direct_student_services', 'c', 600000, 20000000, 3, 600000, null, null, 'percent', 600000, 0, true, true,
        true, 's');
