"""Faults planted into the coaching agenda and the story of a year, each with the check that must find it."""

from __future__ import annotations

COACHING_FAULTS = [
    ("rpt_coaching_agenda", "delete where agenda_rank = 2", "without a gap"),
    ("rpt_coaching_agenda", "set n_raised = 0 where agenda_rank = 1", "without a gap"),
    ("rpt_coaching_agenda", "set figures = 'Due on {day}.' where agenda_rank = 1", "figures in words"),
    ("rpt_coaching_agenda", "set quarter_id = '2023-24 Q2'", "lies in its quarter"),
    ("rpt_coaching_agenda", "set item_code = '1.2.1' where agenda_rank = 2", "those behind"),
    ("rpt_coaching_agenda", "set trigger_id = 'other' where agenda_rank = 2", "those behind"),
    ("rpt_coaching_agenda", "set item_code = 'mission_stated' where agenda_rank = 4", "plan and quadrant"),
    (
        "rpt_coaching_agenda",
        "set trigger_id = 'done_not_working', item_code = '1A' where agenda_rank = 1",
        "plan and quadrant",
    ),
    ("rpt_coaching_agenda", "set submission_id = 'L1-2' where agenda_rank = 2", "one that counts"),
    ("rpt_story_year", "delete where seq = 1", "four sections"),
    ("rpt_story_year", "set section = 'next' where seq = 1 and org_id = 'S1'", "four sections"),
    ("rpt_story_year", "set sentence = 'Of {of}.' where seq = 1", "is filled"),
    ("rpt_story_year", "set numerator = 3 where sentence_id = 'actions_completed'", "within their whole"),
    ("rpt_story_year", "set figure = 0.4 where sentence_id = 'actions_on_time'", "within their whole"),
    ("rpt_story_year", "set denominator = 9 where sentence_id = 'goal_measure'", "enough students"),
    (
        "rpt_story_year",
        "set item_key = 'G1 measure 2' where sentence_id = 'goal_measure'",
        "enough students",
    ),
    (
        "rpt_story_year",
        "update lake.policy set value = '21' where parameter = 'min_n'",
        "enough students",
    ),
    ("rpt_story_year", "delete where sentence_id = 'goals_suppressed' and scope = 'own'", "told of once"),
    (
        "rpt_story_year",
        "set numerator = 2, figure = 1 where sentence_id = 'actions_completed'",
        "rpt_implementation_by_span",
    ),
    ("rpt_story_year", "set numerator = 2, figure = 1 where scope = 'schools'", "schools add up"),
    ("rpt_story_year", "set item_key = '2023-24 Q3 who 1.1.1' where seq = 6", "on the agenda"),
]
