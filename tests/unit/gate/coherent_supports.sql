-- Two supports of the school: one that its strategy's practices share, provided and compared; one that has not come.
insert into lake.policy values ('support_min_due', '3', '2020-21', null), ('support_min_matched', '3', '2020-21', null),
    ('support_min_schools', '1', '2020-21', null), ('support_min_leas', '1', '2020-21', null);
insert into marts.fct_support (org_id, lea_id, school_year, support_no, strategy_code, practice_codes, practice_from,
        description, provider_kind, needed_on, provided_on, days_waited, days_waiting, effectiveness, support_state,
        stated_in_period, is_in_latest_file, submission_id) values
    ('S1', 'L1', '2023-24', 1, '1.1', '1A,2B', 'strategy', 'A coach', 'lea', '2023-10-01', '2023-11-10', 40, null,
        'effective', 'used_effective', '2024-01', true, 'L1-1'),
    ('S1', 'L1', '2023-24', 2, '1.1', '1A', 'support', 'Time', null, '2023-12-01', null, null, 61, null,
        'needed_not_provided', '2024-01', true, 'L1-1');
insert into marts.rpt_support_effect (org_id, lea_id, org_level, designation, school_year, support_no, practice_code,
        provider_kind, support_state, provided_on, provided_period, window_months, n_due_before, n_on_time_before,
        rate_before, n_due_after, n_on_time_after, rate_after, rate_change, rate_band, matched_on, n_matched,
        matched_due_before, matched_on_time_before, matched_rate_before, matched_due_after, matched_on_time_after,
        matched_rate_after, matched_change, difference, not_compared_because) values
    ('S1', 'L1', 'school', 'CSI', '2023-24', 1, '1A', 'lea', 'used_effective', '2023-11-10', '2023-11', 3, 4, 1, 0.25,
        4, 3, 0.75, 0.5, 'below_50', 'level', 3, 16, 4, 0.25, 16, 6, 0.375, 0.125, 0.375, null),
    ('S1', 'L1', 'school', 'CSI', '2023-24', 1, '2B', 'lea', 'used_effective', '2023-11-10', '2023-11', 3, 2, 1, null,
        4, 3, 0.75, null, null, null, 0, null, null, null, null, null, null, null, null, 'too_few_due_before');
insert into marts.rpt_support_effect_by_practice
    select code_level, code, '2023-24', kind, 1, n, n, n = 0, if(n > 0, n, null), if(n > 0, 1.0, null),
        if(n > 0, 0.2065, null), if(n > 0, 1.0, null), if(n > 0, 0.375, null), null, null
    from (values ('practice', '1A', 1), ('practice', '2B', 0), ('all', 'all', 1)) as c(code_level, code, n),
        (values ('lea'), ('all')) as k(kind);
insert into marts.rpt_support_candidates (school_year, place, code_level, code, for_level, for_id, helper_kind, helper_id,
        n_organizations, n_leas, n_waning, n_needed_not_provided, n_provided_not_used, n_used_not_effective, n_reasons,
        waning_since, in_words) values
    ('2023-24', 1, 'practice', '1A', 'lea', 'L1', 'lea', 'L1', 1, 1, 0, 1, 0, 0, 1, null, 'Why.'),
    ('2023-24', 2, 'practice', '1A', 'organization', 'S1', 'none_found', null, 1, 1, 0, 1, 0, 0, 1, null, 'Why.'),
    ('2023-24', 3, 'practice', '1A', 'state', 'state', 'state', 'state', 1, 1, 0, 1, 0, 0, 1, null, 'Why.'),
    ('2023-24', 4, 'all', 'all', 'organization', 'S1', 'none_found', null, 1, 1, 1, 0, 0, 0, 1, '2023-12', 'Why.');
