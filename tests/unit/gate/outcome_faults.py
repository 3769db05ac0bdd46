"""Faults planted into the marts of outcomes, each with the check that must find it."""

from __future__ import annotations

OUTCOME_FAULTS = [
    ("fct_measure_year", "set actual = 15 where is_suppressed", "nothing is told of a suppressed"),
    (
        "fct_measure_year",
        "set n_students = 9 where measure_no = 1 and parent_code = 'G1'",
        "at least the policy",
    ),
    ("fct_measure_year", "set progress = 0.7 where progress = 0.8", "way gone over the way to go"),
    ("fct_measure_year", "set growth = -8 where growth = 8", "way gone over the way to go"),
    ("fct_measure_year", "set is_met = true where actual = 48", "met means"),
    ("fct_measure_year", "set actual = 50, growth = 10, progress = 1 where parent_code = '1.1'", "met means"),
    ("fct_measure_year", "set progress = null where progress = 0.8", "says why"),
    ("fct_measure_year", "set result_submission_id = 'L1-7'", "leads back to its files"),
    ("rpt_outcomes", "set n_readable = n_readable + n_suppressed where n_suppressed > 0", "parts are within"),
    ("rpt_outcomes", "set met_rate = 0.5 where measure_kind = 'strategy'", "parts are within"),
    ("rpt_outcomes", "delete where scope_level = 'region'", "add up alike"),
    (
        "rpt_outcomes",
        "set n_figures = 4 where code_level = 'all' and scope_level = 'state'",
        "counts of fct_measure_year",
    ),
    ("rpt_outcomes", "delete where code = 'attendance'", "has one family"),
    ("rpt_interlaced", "set quadrant = 'neither' where code = '1A'", "quadrant follows"),
    ("rpt_interlaced", "set implementation_high = 1.5", "quadrant follows"),
    ("rpt_interlaced", "set n_due = 3 where code = '2B'", "implementation is that"),
    ("rpt_interlaced", "set median_progress = 0.9 where code = 'all'", "outcomes are those"),
    ("rpt_interlaced", "set prior_quadrant = 'working' where code = 'all'", "year before is"),
    (
        "rpt_interlaced_state",
        "delete where quadrant = 'neither' and category = 'CSI'",
        "hold every organization",
    ),
    ("rpt_interlaced_state", "set share_low = 1.1 where share = 1", "within its interval"),
    ("rpt_interlaced_state", "set share = 0.5 where share = 1", "within its interval"),
    ("rpt_interlaced_state", "set n_not_placed = 2", "counts of rpt_interlaced"),
    ("rpt_interlaced_state", "set n_organizations = 0 where category = 'CSI'", "categories part"),
    (
        "rpt_outcome_by_implementation",
        "insert into lake.policy values ('min_organizations', '2', '2020-21', null)",
        "fewer organizations than",
    ),
    ("rpt_outcome_by_implementation", "set lower_quartile = 0.9", "between its quartiles"),
    ("rpt_outcome_by_implementation", "set median_low = 0.1", "between its quartiles"),
    ("rpt_outcome_by_implementation", "delete where code = 'all'", "in one band"),
    ("rpt_coded_strategies", "delete where domain_code = '4'", "its four domains"),
    ("rpt_coded_strategies", "set n_strategies = 2 where domain_code = '1'", "counts are those"),
    ("rpt_coded_strategies", "set n_strategies_in_plan = 3", "those of dim_strategy"),
    ("rpt_principles", "set why_not = null where not is_measured", "or the reason why there is none"),
    (
        "rpt_principles",
        "set numerator = 3, figure_value = 1.5 where denominator = 2",
        "or the reason why there is none",
    ),
    ("rpt_principles", "delete where not is_measured and scope_level = 'lea'", "every figure of the ten"),
    (
        "rpt_principles",
        "set denominator = 4, figure_value = 0.25 where denominator = 2 and scope_level = 'region'",
        "add up alike",
    ),
    (
        "rpt_principles",
        "set denominator = 4, figure_value = 0.25 where denominator = 2",
        "marts they come from",
    ),
]
