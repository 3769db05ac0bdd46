-- Measures and what is laid beside them: two goal measures (one on too few students) and one of a strategy.
create table lake.policy (parameter varchar, value varchar, from_year varchar, until_year varchar);
insert into lake.policy values ('min_n', '10', '2020-21', null), ('min_organizations', '1', '2020-21', null);
insert into marts.fct_measure_year (org_id, lea_id, school_year, parent_code, measure_no, part, measure_kind,
        indicator_family, direction, practice_codes, year_no, baseline, target, target_comparator, is_reported,
        is_suppressed, n_students, actual, growth, progress, is_met, reasons, plan_year, plan_submission_id,
        result_submission_id) values
    ('S1', 'L1', '2023-24', 'G1', 1, 'all', 'goal', 'ela', 'higher', '1A,2B', 1, 40, 50, 'at_least', true, false, 20,
        48, 8, 0.8, false, null, '2023-24', 'L1-1', 'L1-1'),
    ('S1', 'L1', '2023-24', 'G1', 2, 'all', 'goal', 'attendance', 'lower', '1A,2B', 1, 20, 10, 'less_than', true, true,
        null, null, null, null, null, 'suppressed', '2023-24', 'L1-1', 'L1-1'),
    ('S1', 'L1', '2023-24', '1.1', 1, 'all', 'strategy', 'staff', 'higher', '1A,2B', 1, 40, 50, 'more_than', true,
        false, null, 51, 11, 1.1, true, null, '2023-24', 'L1-1', 'L1-1');
insert into marts.rpt_outcomes
    with coded as (
        select 'all' as code_level, 'all' as code, * from marts.fct_measure_year
        union all select 'family', indicator_family, * from marts.fct_measure_year
        union all select 'practice', unnest(['1A', '2B']), * from marts.fct_measure_year
        union all select 'domain', unnest(['1', '2']), * from marts.fct_measure_year
    ), scoped as (
        select 'organization' as scope_level, org_id as scope_id, * from coded
        union all select 'lea', lea_id, * from coded
        union all select 'region', 'unknown', * from coded
        union all select 'state', 'state', * from coded
    )
    select scope_level, scope_id, code_level, code, measure_kind, school_year, 1, count(*), count(*), count(*),
        count(*) filter (where is_suppressed), count(is_met), count(*) filter (where is_met),
        count(*) filter (where is_met)::double / nullif(count(is_met), 0), count(progress), median(progress)
    from scoped group by all;
insert into marts.rpt_interlaced (org_id, lea_id, school_year, code_level, code, as_of_period, is_reported, n_due,
        n_due_on_time, on_time_rate, behind_rate, n_measures, n_figures, n_reported, n_suppressed, n_readable, n_met,
        n_with_progress, median_progress, implementation_high, outcome_high, is_implementation_high, is_outcome_high,
        quadrant, not_placed_because)
    select i.scope_id, 'L1', '2023-24', i.code_level, i.code, i.period, true, i.n_due, i.n_due_on_time, i.on_time_rate,
        i.behind_rate, o.n_measures, o.n_figures, o.n_reported, o.n_suppressed, o.n_readable, o.n_met,
        o.n_with_progress, o.median_progress, 0.7, 0.6, true, true, 'working', null
    from marts.rpt_implementation_by_practice i join marts.rpt_outcomes o
        on o.scope_level = i.scope_level and o.code_level = i.code_level and o.code = i.code
    where i.scope_level = 'organization' and o.measure_kind = 'goal' and i.code_level <> 'uncoded';
insert into marts.rpt_interlaced_state
    select code_level, code, category, '2023-24', quadrant, (quadrant = 'working')::int, 1, 0,
        (quadrant = 'working')::int, (quadrant = 'working')::int * 0.2065, 1 - (quadrant <> 'working')::int * 0.2065
    from (select code_level, code from marts.rpt_interlaced), (values ('CSI'), ('all')) c(category),
        (values ('working'), ('done_not_working'), ('moving_without_being_done'), ('neither')) q(quadrant);
insert into marts.rpt_outcome_by_implementation
    select code_level, code, '2023-24', '85_and_above', 4, 1, false, 0.8, 0.8, 0.8, null, null from marts.rpt_interlaced;
insert into marts.rpt_coded_strategies (org_id, lea_id, school_year, domain_code, n_strategies, n_practices,
        strategy_codes, practice_codes, n_strategies_in_plan)
    select 'S1', 'L1', '2023-24', d, n, n, case when n = 1 then '1.1' end,
        case d when '1' then '1A' when '2' then '2B' end, 2
    from (values ('1', 1), ('2', 1), ('3', 0), ('4', 0)) t(d, n);
-- a figure for each principle: four are measured, six are not
insert into marts.rpt_principles (scope_level, scope_id, school_year, principle_no, principle_title, figure_id,
        figure_no, figure_title, unit, better, numerator, denominator, figure_value, is_measured, why_not, n_organizations,
        source)
    select scope_level, scope_id, '2023-24', no, 'Title', figure, 1, 'Title', if(whole > 0, 'share', 'none'), 'higher',
        part, whole, part::double / whole, whole > 0, if(whole > 0, null, 'Nobody asks.'), (whole > 0)::int, 'a mart'
    from (values ('lea', 'L1'), ('region', 'unknown'), ('state', 'state')) s(scope_level, scope_id),
        (values (1, 'reports_on_time', 1, 2), (5, 'plan_quality', 1, 3), (8, 'measures_met', 0, 1),
            (9, 'actions_on_time', 1, 1), (2, 'b', null, 0), (3, 'c', null, 0), (4, 'd', null, 0), (6, 'f', null, 0),
            (7, 'g', null, 0), (10, 'j', null, 0)) f(no, figure, part, whole);
update marts.rpt_principles set denominator = null where denominator = 0;
