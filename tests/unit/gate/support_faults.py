"""Faults planted into the marts of supports, each with the check that must find it."""

from __future__ import annotations

SUPPORT_FAULTS = [
    ("fct_support", "set support_state = 'used_effective' where support_no = 2", "what is said of it"),
    ("fct_support", "set support_state = 'used_not_effective' where support_no = 1", "what is said of it"),
    ("fct_support", "set days_waited = 3 where support_no = 2", "what is said of it"),
    ("fct_support", "set practice_codes = '3C' where support_no = 1", "is its strategy's"),
    ("fct_support", "set practice_from = null where support_no = 2", "is its strategy's"),
    ("fct_support", "set submission_id = 'L1-2'", "files that were accepted"),
    ("rpt_support_effect", "set support_no = 2 where practice_code = '1A'", "was provided"),
    ("rpt_support_effect", "set provided_period = '2023-12'", "was provided"),
    ("rpt_support_effect", "set practice_code = '3C' where practice_code = '2B'", "was provided"),
    ("rpt_support_effect", "set n_on_time_after = 5 where practice_code = '2B'", "over its denominator"),
    ("rpt_support_effect", "set matched_rate_after = 0.5 where practice_code = '1A'", "over its denominator"),
    ("rpt_support_effect", "set difference = 0.5 where practice_code = '1A'", "over its denominator"),
    ("rpt_support_effect", "set not_compared_because = null", "said why not"),
    ("rpt_support_effect", "set rate_before = 0.5 where practice_code = '2B'", "the policy's numbers"),
    ("rpt_support_effect", "set n_matched = 2 where practice_code = '1A'", "the policy's numbers"),
    (
        "rpt_support_effect_by_practice",
        "insert into lake.policy values ('min_organizations', '2', '2020-21', null)",
        "fewer organizations than",
    ),
    ("rpt_support_effect_by_practice", "set share_low = 1.1 where share_above = 1", "within their intervals"),
    ("rpt_support_effect_by_practice", "set median_low = 0.1 where code = '1A'", "within their intervals"),
    ("rpt_support_effect_by_practice", "delete where code = '2B'", "counts the supports"),
    ("rpt_support_effect_by_practice", "set n_supports = 2 where provider_kind = 'all'", "add up to all"),
    ("rpt_support_candidates", "set helper_id = 'L2' where for_level = 'lea'", "who could help"),
    (
        "rpt_support_candidates",
        "set helper_kind = 'peer', helper_id = 'S1', helper_on_time_rate = 1 where code = 'all'",
        "who could help",
    ),
    ("rpt_support_candidates", "set n_waning = 0 where code = 'all'", "reasons add up"),
    ("rpt_support_candidates", "delete where code = 'all'", "waning now stands"),
    (
        "rpt_support_candidates",
        "delete where for_level = 'organization' and code = '1A'",
        "counts the organizations",
    ),
    (
        "rpt_support_candidates",
        "update lake.policy set value = '2' where parameter = 'support_min_schools'",
        "the policy's numbers",
    ),
]
