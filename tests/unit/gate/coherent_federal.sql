-- Federal files of 2023-24 (S1 is CSI, S9 in no directory) and of 2024-25 (the awards of coherent_awards.sql).
insert into marts.dim_organization (org_id, org_level, lea_id, first_listed_on, last_listed_on)
    select s || n, 'school', s, date '2020-01-01', date '2023-01-01'
    from (values ('A', 1), ('A', 2), ('B', 1)) as t(s, n);
insert into marts.rpt_fs029 (school_year, org_id, org_level, lea_id, state_lea_id, state_school_id, op_status, op_status_code,
        is_reported, left_out_as) values
    ('2023-24', 'L1', 'lea', 'L1', 'L1', null, 'open', '1', true, null),
    ('2023-24', 'S1', 'school', 'L1', 'L1', 'S1', 'open', '1', true, null),
    ('2023-24', 'S9', 'school', null, null, 'S9', 'unknown', null, false, 'not_in_directory'),
    ('2024-25', 'A1', 'school', 'A', 'A', 'A1', 'open', '1', true, null),
    ('2024-25', 'A2', 'school', 'A', 'A', 'A2', 'open', '1', true, null),
    ('2024-25', 'B1', 'school', 'B', 'B', 'B1', 'open', '1', true, null);
insert into marts.rpt_fs206 (school_year, org_id, lea_id, state_lea_id, state_school_id, is_named, list_year, category, reason,
        exited_category, is_title1, csi_code, tsi_code, atsi_code, is_reported, left_out_as) values
    ('2023-24', 'S1', 'L1', 'L1', 'S1', true, '2023-24', 'CSI', 'low_performance', 'none', true, 'CSI', 'NOTTSI', 'NOTADDLTSI',
        true, null),
    ('2023-24', 'S9', null, null, 'S9', true, '2023-24', 'ATSI', 'low_subgroup', 'none', true, 'NOTCSI', 'NOTTSI', 'ADDLTSI',
        false, 'not_in_directory'),
    ('2024-25', 'A1', 'A', 'A', 'A1', false, null, null, null, null, null, 'NOTCSI', 'NOTTSI', 'NOTADDLTSI', false, 'no_list'),
    ('2024-25', 'A2', 'A', 'A', 'A2', false, null, null, null, null, null, 'NOTCSI', 'NOTTSI', 'NOTADDLTSI', false, 'no_list'),
    ('2024-25', 'B1', 'B', 'B', 'B1', false, null, null, null, null, null, 'NOTCSI', 'NOTTSI', 'NOTADDLTSI', false, 'no_list');
insert into marts.rpt_fs212 (school_year, org_id, lea_id, state_lea_id, state_school_id, category, basis, is_exit, table_code,
        csi_type_code, subgroup_code, applicability_code, is_reported, left_out_as) values
    ('2023-24', 'S1', 'L1', 'L1', 'S1', 'CSI', 'low_performance', false, 'CSIREASONS', 'CSILOWPERF', null, 'RESNAPPLYES', true, null),
    ('2023-24', 'S9', null, null, 'S9', 'ATSI', 'EL', false, 'ATSIREASONS', null, 'LEP', 'RESNAPPLYES', false, 'school_left_out');
insert into marts.rpt_fs132 (school_year, fiscal_year, org_id, lea_id, state_lea_id, state_school_id, award, amount, is_reported) values
    ('2024-25', 2024, 'A1', 'A', 'A', 'A1', 800000, 720000, true),
    ('2024-25', 2024, 'A2', 'A', 'A', 'A2', 100000, 100000, true),
    ('2024-25', 2024, 'B1', 'B', 'B', 'B1', 330000, 330000, true);
insert into marts.rpt_fs193 (school_year, fiscal_year, version, lea_id, state_lea_id, item, table_code, total_indicator, amount,
        is_reported, left_out_as)
    select '2024-25', 2024, 'final', lea_id, lea_id, item, code, 'Y', case when item = 'allocation' then amount end,
        item = 'allocation', case when item <> 'allocation' then 'no_source' end
    from marts.fct_1003_lea_contribution,
        (values ('allocation', 'TITLEIPALL'), ('parental_involvement', 'PARINRES')) as t(item, code)
    where fiscal_year = 2024 and version = 'final';
insert into marts.rpt_fs223 (school_year, org_id, lea_id, state_lea_id, state_school_id, is_title1_on_list, title1_status,
        title1_code, is_reported, left_out_as)
    select school_year, org_id, lea_id, state_lea_id, state_school_id, is_title1, 'schoolwide', 'SWELIGSWPROG',
        coalesce(left_out_as, 'no_list') = 'no_list', case when left_out_as <> 'no_list' then left_out_as end
    from marts.rpt_fs206;
insert into marts.rpt_1111_counts (school_year, category, reason, n_schools, n_title1, n_new, n_in_fs206, n_exited) values
    ('2023-24', 'CSI', 'all', 1, 1, 1, 1, 0), ('2023-24', 'CSI', 'low_performance', 1, 1, 1, 1, null),
    ('2023-24', 'ATSI', 'all', 1, 1, 1, 0, 2), ('2023-24', 'ATSI', 'low_subgroup', 1, 1, 1, 0, null);
insert into marts.rpt_cspr_1003 (fiscal_year, school_year, reserved, awarded, to_schools, to_leas_themselves, direct_services,
        retained_by_leas, n_leas, n_schools, n_csi, n_atsi, n_tsi, n_without_designation) values
    (2024, '2024-25', 1400000, 1280000, 1230000, 50000, 100000, 80000, 2, 3, 2, 0, 1, 0);
