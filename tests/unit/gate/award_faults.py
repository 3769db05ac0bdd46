"""Faults of the marts of §1003 awards, each with words of the check that must find it."""

from __future__ import annotations

AWARD_FAULTS = [
    ("fct_1003_award_year", "set unallocated = 49999.99", "sum to the reservation"),
    ("fct_1003_award_year", "set awarded = 1280000.01", "sum to the reservation"),
    ("fct_1003_award_year", "set appropriation = 1200000", "within the new money"),
    ("fct_1003_award_year", "set method = null", "within the new money"),
    ("fct_1003_award_year", "set n_schools_paid = 2", "of its LEAs and of the standing"),
    ("fct_1003_award_year", "set lea_pool = 1330000.01", "of its LEAs and of the standing"),
    ("fct_1003_award", "set own_part = 50000.01 where lea_id = 'B'", "sum of its parts"),
    ("fct_1003_award", "set direct_services = 900000.01 where lea_id = 'A'", "sum of its parts"),
    ("fct_1003_award", "set n_paid = 3 where lea_id = 'A'", "its schools sum to it"),
    ("fct_1003_award", "delete where lea_id = 'B'", "its schools sum to it"),
    ("fct_1003_award", "set n_eligible = 0 where lea_id = 'B'", "an eligible school"),
    ("fct_1003_award_school", "set is_eligible = false where org_id = 'B1'", "only eligible schools"),
    ("fct_1003_award_school", "set smallest_award = 330000.01 where org_id = 'B1'", "smallest and its largest"),
    ("fct_1003_award_school", "set largest_award = 799999.99 where org_id = 'A1'", "smallest and its largest"),
    ("fct_1003_award_school", "set retained_by_lea = 79999.99 where org_id = 'A1'", "sum of its parts"),
    ("fct_1003_award_school", "set standing = 'paid' where org_id = 'A3'", "whether it is paid"),
    ("fct_1003_award_school", "set first_fiscal_year = 2022 where org_id = 'A2'", "within four years"),
    ("fct_1003_award_school", "set last_fiscal_year = 2023 where org_id = 'A2'", "within four years"),
    ("fct_1003_award_step", "set changed_by = -99999.99 where step = 'cap_school'", "the one before and its change"),
    ("fct_1003_award_step", "delete where scope_id = 'B' and step_no = 1", "the one before and its change"),
    ("fct_1003_award_step", "delete where scope_id = 'A2'", "come to the award"),
    ("fct_1003_award_step", "set sentence = 'The cap of {label}.' where step = 'cap_school'", "told in a sentence"),
    ("rpt_1003_geography", "set standing = 'left out' where group_name = 'South'", "without a recorded reason"),
    ("rpt_1003_geography", "set n_leas_awarded = 0 where group_name = 'South'", "follows from the counts"),
    ("rpt_1003_geography", "delete where group_name = 'South'", "holds every school once"),
]  # fmt: skip
