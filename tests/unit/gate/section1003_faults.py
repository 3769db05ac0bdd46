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
]
