-- 2023-24: S1 CSI, S2 exits CSI into ATSI, S3 TSI, S4 none, S5 exits ATSI, S6 closed and none, S9 ATSI in no directory.
-- 2022-23: S2 CSI, S5 ATSI, the others none. Awards of 2023-24: S1 1000.50, S2 2000.25; LEA A keeps 99.25 for itself.
insert into rpt_fs029 (school_year, org_id, org_level, lea_id, org_name, state_lea_id, state_school_id, nces_lea_id, nces_school_id,
        op_status, op_status_code, is_reported, left_out_as)
    select y, id, 'school', lea, 'School ' || id, lea, id, '990000' || right(id, 1), '0000' || right(id, 1), status,
        case status when 'open' then '1' when 'closed' then '2' end, lea is not null, case when lea is null then 'not_in_directory' end
    from (values ('2022-23'), ('2023-24')) as t(y), (values ('S1', 'A', 'open'), ('S2', 'A', 'open'), ('S3', 'A', 'open'),
        ('S4', 'B', 'open'), ('S5', 'B', 'open'), ('S6', 'B', 'closed'), ('S9', null, 'unknown')) as s(id, lea, status);
insert into rpt_fs029 (school_year, org_id, org_level, lea_id, org_name, state_lea_id, op_status, op_status_code, is_reported)
    select y, id, 'lea', id, 'LEA ' || id, id, 'open', '1', true
    from (values ('2022-23'), ('2023-24')) as t(y), (values ('A'), ('B')) as s(id);
-- What FS029 asks beside: every organization has it, S5 closes within 2023-24.
update rpt_fs029 set type_code = '1', phone = '5629265566', mailing_address = '1 Main St., Ste. 2', mailing_city = 'Town',
    mailing_state = 'ZZ', mailing_zip = '94608', mailing_zip4 = '1265', charter_code = 'NO', reconstituted_code = 'NO'
    where is_reported;
update rpt_fs029 set grades_served = 'K-8' where org_id = 'S1';
update rpt_fs029 set changed_to = 'closed', changed_on = date '2024-02-01', updated_status_code = '2'
    where org_id = 'S5' and school_year = '2023-24';
insert into rpt_fs206 (school_year, org_id, org_name, lea_id, lea_name, state_lea_id, state_school_id, is_named, list_year, category,
        reason, exited_category, is_title1, csi_code, tsi_code, atsi_code, is_reported, left_out_as)
    select y, s.id, 'School ' || s.id, d.lea_id, 'LEA ' || d.lea_id, d.state_lea_id, d.state_school_id, true, y, category, reason, exited,
        title1, csi, tsi, atsi, d.op_status = 'open',
        case d.op_status when 'unknown' then 'not_in_directory' when 'closed' then 'not_open' end
    from (values
        ('2022-23', 'S1', 'none', null, 'none', true, 'NOTCSI', 'NOTTSI', 'NOTADDLTSI'),
        ('2022-23', 'S2', 'CSI', 'low_performance', 'none', true, 'CSI', 'NOTTSI', 'NOTADDLTSI'),
        ('2022-23', 'S3', 'none', null, 'none', true, 'NOTCSI', 'NOTTSI', 'NOTADDLTSI'),
        ('2022-23', 'S4', 'none', null, 'none', false, 'NOTCSI', 'NOTTSI', 'NOTADDLTSI'),
        ('2022-23', 'S5', 'ATSI', 'low_subgroup', 'none', true, 'NOTCSI', 'NOTTSI', 'ADDLTSI'),
        ('2023-24', 'S1', 'CSI', 'low_performance', 'none', true, 'CSI', 'NOTTSI', 'NOTADDLTSI'),
        ('2023-24', 'S2', 'ATSI', 'low_subgroup', 'CSI', true, 'CSIEXIT', 'NOTTSI', 'ADDLTSI'),
        ('2023-24', 'S3', 'TSI', 'underperforming_subgroup', 'none', true, 'NOTCSI', 'TSI', 'NOTADDLTSI'),
        ('2023-24', 'S4', 'none', null, 'none', false, 'NOTCSI', 'NOTTSI', 'NOTADDLTSI'),
        ('2023-24', 'S5', 'none', null, 'ATSI', true, 'NOTCSI', 'NOTTSI', 'ADDLTSIEXIT'),
        ('2023-24', 'S6', 'none', null, 'none', true, 'NOTCSI', 'NOTTSI', 'NOTADDLTSI'),
        ('2023-24', 'S9', 'none', null, 'none', true, 'NOTCSI', 'NOTTSI', 'NOTADDLTSI')
    ) as s(y, id, category, reason, exited, title1, csi, tsi, atsi)
    inner join rpt_fs029 as d on s.id = d.org_id and s.y = d.school_year;
insert into rpt_fs212 (school_year, org_id, org_name, lea_id, state_lea_id, state_school_id, category, basis, is_exit, table_code,
        csi_type_code, subgroup_code, applicability_code, is_reported) values
    ('2022-23', 'S2', 'School S2', 'A', 'A', 'S2', 'CSI', 'low_performance', false, 'CSIREASONS', 'CSILOWPERF', null, 'RESNAPPLYES', true),
    ('2022-23', 'S5', 'School S5', 'B', 'B', 'S5', 'ATSI', 'EL', false, 'ATSIREASONS', null, 'LEP', 'RESNAPPLYES', true),
    ('2023-24', 'S1', 'School S1', 'A', 'A', 'S1', 'CSI', 'low_performance', false, 'CSIREASONS', 'CSILOWPERF', null, 'RESNAPPLYES', true),
    ('2023-24', 'S2', 'School S2', 'A', 'A', 'S2', 'ATSI', 'EL', false, 'ATSIREASONS', null, 'LEP', 'RESNAPPLYES', true),
    ('2023-24', 'S2', 'School S2', 'A', 'A', 'S2', 'ATSI', 'SWD', false, 'ATSIREASONS', null, 'WDIS', 'RESNAPPLYES', true),
    ('2023-24', 'S3', 'School S3', 'A', 'A', 'S3', 'TSI', 'EL', false, 'TSIREASONS', null, 'LEP', 'RESNAPPLYES', true);
insert into dim_designation (org_id, category, reason, valid_from_year, valid_to_year) values
    ('S2', 'CSI', 'low_performance', '2022-23', '2023-24'), ('S5', 'ATSI', 'low_subgroup', '2022-23', '2023-24'),
    ('S1', 'CSI', 'low_performance', '2023-24', null), ('S2', 'ATSI', 'low_subgroup', '2023-24', null),
    ('S3', 'TSI', 'underperforming_subgroup', '2023-24', null);
insert into fct_1003_award_school (fiscal_year, school_year, lea_id, org_id, category, award, at_school) values
    (2023, '2023-24', 'A', 'S1', 'CSI', 1000.50, 1000.50), (2023, '2023-24', 'A', 'S2', 'ATSI', 2000.25, 2000.25),
    (2023, '2023-24', 'B', 'S4', null, 0, 0);
insert into fct_1003_award (fiscal_year, school_year, lea_id, award, own_part) values (2023, '2023-24', 'A', 3100, 99.25);
insert into rpt_1003_public_list (fiscal_year, school_year, lea_id, lea_name, org_level, org_id, org_name, amount, strategy_types) values
    (2023, '2023-24', 'A', 'LEA A', 'school', 'S1', 'School S1', 1000.50, 'tutoring'),
    (2023, '2023-24', 'A', 'LEA A', 'school', 'S2', 'School S2', 2000.25, null),
    (2023, '2023-24', 'A', 'LEA A', 'lea', 'A', 'LEA A', 99.25, null);
insert into rpt_fs132 (school_year, fiscal_year, org_id, org_name, lea_id, state_lea_id, state_school_id, category, award, amount,
        is_reported) values
    ('2023-24', 2023, 'S1', 'School S1', 'A', 'A', 'S1', 'CSI', 1000.50, 1000.50, true),
    ('2023-24', 2023, 'S2', 'School S2', 'A', 'A', 'S2', 'ATSI', 2000.25, 2000.25, true);
insert into rpt_fs193 (school_year, fiscal_year, version, lea_id, org_name, state_lea_id, item, table_code, total_indicator, amount,
        is_reported, left_out_as) values
    ('2023-24', 2023, 'final', 'A', 'LEA A', 'A', 'allocation', 'TITLEIPALL', 'Y', 5000.75, true, null),
    ('2023-24', 2023, 'final', 'B', 'LEA B', 'B', 'allocation', 'TITLEIPALL', 'Y', 0, true, null),
    ('2023-24', 2023, 'final', 'A', 'LEA A', 'A', 'parental_involvement', 'PARINRES', 'Y', null, false, 'no_source'),
    ('2023-24', 2023, 'final', 'B', 'LEA B', 'B', 'parental_involvement', 'PARINRES', 'Y', null, false, 'no_source');
insert into rpt_fs223 (school_year, org_id, org_name, lea_id, state_lea_id, state_school_id, is_title1_on_list, title1_status, title1_code,
        is_reported, left_out_as)
    select school_year, org_id, org_name, lea_id, state_lea_id, state_school_id, is_title1,
        case when is_title1 then 'schoolwide' else 'not_eligible' end, case when is_title1 then 'SWELIGSWPROG' else 'NOTTITLE1ELIG' end,
        is_reported, left_out_as
    from rpt_fs206 where school_year = '2023-24';
insert into rpt_1111_counts (school_year, category, reason, n_schools, n_title1, n_new, n_in_fs206, n_exited) values
    ('2023-24', 'CSI', 'all', 1, 1, 1, 1, 1), ('2023-24', 'CSI', 'low_performance', 1, 1, 1, 1, null);
insert into rpt_cspr_1003 (fiscal_year, school_year, reserved, reserved_percent, awarded, unallocated, to_schools, to_leas_themselves, n_schools) values
    (2023, '2023-24', 4000, 7, 3100, 0, 3000.75, 99.25, 2);
