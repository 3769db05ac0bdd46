"""Faults of the marts of identification, each with words of the check that must find it."""

from __future__ import annotations

IDENTIFICATION_FAULTS = [
    (
        "rpt_identification_check",
        "set agreement = 'agree' where org_id = 'S2'",
        "what official and computed say",
    ),
    (
        "rpt_identification_check",
        "set is_computed = false where org_id = 'S9'",
        "what official and computed say",
    ),
    ("rpt_identification_check", "set difference_code = null where org_id = 'S2'", "its reason in words"),
    ("rpt_identification_check", "set n_students = 9 where org_id = 'S2'", "fewer students than"),
    ("rpt_identification_check", "set figure = 66 where org_id = 'S3'", "fewer students than"),
    ("rpt_identification_check", "set figure = 20.0001 where org_id = 'S1'", "at or below the cut"),
    ("rpt_identification_check", "set is_title1 = null where org_id = 'S1'", "at or below the cut"),
    ("rpt_identification_check", "set category = 'TSI' where org_id = 'S3'", "more rigorous action"),
    (
        "rpt_identification_lists",
        "set n_computed = 2 where reason = 'low_performance'",
        "sums of their parts",
    ),
    ("rpt_identification_lists", "delete where reason = 'low_subgroup'", "those of rpt_identification_check"),
    (
        "rpt_identification_lists",
        "set n_agree = 0, n_official = 0, n_computed = 1 where reason = 'low_graduation'",
        "those of rpt_identification_check",
    ),
    ("rpt_identification_lists", "set n_wanted = 0 where reason = 'low_performance'", "at least 5 per cent"),
    ("rpt_identification_lists", "set n_wanted = 2 where reason = 'low_performance'", "at least 5 per cent"),
    ("rpt_identification_lists", "set not_computed_because = null", "says why"),
]
