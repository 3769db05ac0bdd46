"""Faults of the marts of §1003, each with words of the check that must find it."""

from __future__ import annotations

SECTION_1003_FAULTS = [
    ("fct_1003_reservation", "set is_standing = false", "one version of each"),
    ("fct_1003_reservation", "set target = 1300000", "reserved is the target"),
    ("fct_1003_reservation", "set shortfall = 1", "reserved is the target"),
    ("fct_1003_reservation", "set state_share = 69999.99", "sum to the reservation"),
    ("fct_1003_reservation", "set is_lea_pool_lawful = false", "at least 95"),
    ("fct_1003_reservation", "set n_leas = 3", "sums of its LEAs"),
    ("fct_1003_lea_contribution", "set contribution_to_gain = -1 where lea_id = 'C'", "gained"),
    ("fct_1003_lea_contribution", "set amount_after = 5899999 where lea_id = 'B'", "below what it had"),
    (
        "fct_1003_lea_contribution",
        "set amount_after = 8818181.83 where lea_id = 'A'",
        "less the contribution",
    ),
    ("fct_1003_lea_contribution", "set sharing = 'proportional_to_gain'", "way of sharing"),
    (
        "fct_1003_eligibility",
        "delete where org_id = 'S9' and rule_id = 'application'",
        "every rule is judged",
    ),
    ("fct_1003_eligibility", "set is_eligible = true where org_id = 'S9'", "exactly where no rule fails"),
    ("fct_1003_eligibility", "set n_rules_not_met = 0 where org_id = 'S9'", "exactly where no rule fails"),
    (
        "fct_1003_eligibility",
        "set outcome = 'not_applicable', is_met = null where org_id = 'S1' and rule_id = 'application'",
        "nobody is eligible without",
    ),
    ("fct_1003_eligibility", "set category = 'TSI' where org_id = 'S1'", "state's designations"),
    ("fct_1003_eligibility", "set sentence = '{detail} of it'", "told in words"),
    ("fct_1003_eligibility", "set is_met = true where outcome = 'not_met'", "told in words"),
    (
        "fct_1003_score",
        "set weight_used = 61 where component = 'concentration' and lea_id = 'L1'",
        "sum to 100",
    ),
    (
        "fct_1003_score",
        "set points = 59.999 where component = 'concentration' and lea_id = 'L1'",
        "times the place",
    ),
    ("fct_1003_score", "set place_numerator = 3 where component = 'concentration'", "times the place"),
    (
        "fct_1003_score",
        "set place_numerator = 2, points = 20 where component = 'need_years' and lea_id = 'L1'",
        "average to the middle",
    ),
    ("fct_1003_score", "set points = null where missing_is = 'neutral'", "never counts as nothing"),
    ("fct_1003_score", "set missing_is = null", "never counts as nothing"),
    ("fct_1003_score", "set lea_points = 79.99 where lea_id = 'L1'", "those of its components"),
    ("fct_1003_score", "set lea_rank = 3 - lea_rank", "ranked by their points"),
    (
        "rpt_title1_hold_harmless",
        "set floor_amount = 95, required_amount = 95 where lea_id = 'A'",
        "rounded up",
    ),
    ("rpt_title1_hold_harmless", "set required_amount = 94 where lea_id = 'A'", "rounded up"),
    (
        "rpt_title1_hold_harmless",
        "set formula_children_percent = 29.9999 where lea_id = 'A'",
        "share of formula",
    ),
    ("rpt_title1_hold_harmless", "set outcome = 'met' where lea_id = 'B'", "follows from"),
    ("fct_1003_other_reserves", "set room = 1 where limit_source = 'percent'", "what the limit leaves"),
    (
        "fct_1003_other_reserves",
        "set limit_source = 'percent', limit_amount = 600001, room = 100001 where minimum_limit is not null",
        "above the per cent",
    ),
    ("fct_1003_other_reserves", "set is_lawful = true", "lawful is what"),
]
