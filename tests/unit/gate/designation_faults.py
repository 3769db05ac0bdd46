"""Faults planted in the marts of designation history: mart, what is done to it, what must find it."""

DESIGNATION_FAULTS = [
    ("dim_designation", "set cohort_year = '2019-20' where n_years = 2", "begin with the cohort"),
    ("dim_designation", "set years_in_status = 1 where n_years = 2", "begin with the cohort"),
    ("dim_designation", "set is_reentry = false", "begin with the cohort"),
    ("dim_designation", "set ended_how = null", "begin with the cohort"),
    ("fct_designation_event", "delete where school_year = '2018-19'", "tell the same"),
    ("fct_designation_event", "delete where event_code = 'exited'", "tell the same"),
    ("fct_designation_event", "set school_year = '2021-22' where event_code = 'continued'", "tell the same"),
    ("fct_designation_event", "set event_code = 'left'", "what its name says"),
    ("fct_designation_event", "set to_status = null where event_code = 'identified'", "what its name says"),
    ("fct_designation_event", "set from_source_row = null where ends_stay", "what its name says"),
    (
        "fct_designation_event",
        "set to_reason = 'low_graduation' where event_code = 'continued'",
        "what its name says",
    ),
    (
        "fct_designation_event",
        "set event_code = 'identified' where event_code = 're_entered'",
        "what its name says",
    ),
    ("rpt_designation_transition", "set n_schools = 2 where from_category = 'CSI'", "on both sides"),
    ("rpt_designation_transition", "set from_share = 0.5", "on both sides"),
    (
        "rpt_designation_transition",
        "delete where to_category = 'ATSI'",
        "that dim_designation holds",
    ),
    (
        "rpt_designation_transition",
        "set from_reason = 'low_graduation' where from_category = 'CSI'",
        "that dim_designation holds",
    ),
    (
        "rpt_designation_disagreement",
        "set second_category = 'CSI', second_reason = 'low_performance' where kind = 'lists_differ'",
        "two statements differ",
    ),
    (
        "rpt_designation_disagreement",
        "set second_category = 'none' where kind = 'left_out_by_own_list'",
        "two statements differ",
    ),
    ("rpt_designation_disagreement", "set standing_category = 'none'", "is what dim_designation holds"),
    ("rpt_designation_disagreement", "set stands_because = 'newest_list'", "is what dim_designation holds"),
    ("rpt_organization_link", "set carries_status = true, effect = 'carries'", "only what the state says"),
    ("rpt_organization_link", "set effective_on = null", "only what the state says"),
    ("rpt_organization_link", "delete where carries_status", "only what the state says"),
]
