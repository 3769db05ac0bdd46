"""Faults planted into the marts of duties, each with the check that must find it."""

from __future__ import annotations

DUTY_FAULTS = [
    ("fct_duty", "set state = 'done' where duty_code = 'approval_sea'", "its state follows"),
    ("fct_duty", "set state = 'done' where duty_code = 'plan'", "its state follows"),
    ("fct_duty", "set days_late = 2 where duty_code = 'plan'", "its state follows"),
    ("fct_duty", "set due_on = null where state = 'overdue'", "its state follows"),
    ("fct_duty", "set state = 'not_applicable' where state = 'overdue'", "its state follows"),
    ("fct_duty", "delete where org_id = 'S1'", "every school that is identified now"),
    ("fct_duty", "set submission_id = 'L1-2' where duty_code = 'plan'", "told by who owes it"),
    ("fct_duty", "set submission_id = 'L1-1' where duty_code = 'approval_sea'", "told by who owes it"),
    ("fct_duty", "set submission_id = null where duty_code = 'plan'", "told by who owes it"),
    (
        "fct_duty",
        "insert into marts.fct_duty by name select * replace ('additional_action' as duty_code) "
        "from marts.fct_duty where duty_code = 'becomes_csi'",
        "never both",
    ),
    ("rpt_duties", "set n_open = 1 where duty_code = 'plan'", "add up to what is owed"),
    ("rpt_duties", "set on_time_rate = 0.5 where duty_code = 'plan'", "add up to what is owed"),
    ("rpt_duties", "delete where scope_id = 'unknown'", "add up alike"),
    (
        "rpt_duties",
        "set n_not_applicable = 1 where duty_code = 'plan' and scope_level = 'lea'",
        "add up alike",
    ),
]
