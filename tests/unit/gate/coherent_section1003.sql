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
