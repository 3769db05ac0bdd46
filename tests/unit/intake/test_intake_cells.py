"""Each type's converter: what it reads, what it flags, what it rejects."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.contracts.model import Field, submission_tables
from orchestration.intake.convert import converter, read_all
from orchestration.intake.reading import BLANK, Context, Read
from orchestration.intake.rules import RULES, message, severity
from orchestration.policy import Policy, PolicyValue

OWN = PolicyValue("own_duty_codes", "board_update,reserve_20", "2022-23", None, "", False)
POLICY = Policy("T", "UTC", r"\d{7}", "0100001", r"\d{2}0{5}", 7, "02:00", (OWN,), "")
CONTEXT = Context(POLICY)
ALL_FIELDS = [(t.name, f) for t in submission_tables().values() for f in t.fields]


def field(table: str, name: str) -> Field:
    return submission_tables()[table].field(name)


def read(f: Field, raw: Any) -> Read:
    return read_all(f, [raw], CONTEXT)[0]


def fired(r: Read) -> list[str]:
    return [rule for rule, _ in r.notes]


LEVELS = {
    "goal": field("goals", "goal_code"),
    "priority": field("priorities", "priority_no"),
    "strategy": field("strategies", "strategy_code"),
    "milestone": field("milestones", "milestone_code"),
    "action": field("actions", "action_code"),
    "parent": field("measures", "parent_code"),
}
PERCENT, MONEY = field("action_status", "percent_complete"), field("actions", "budget")
INTEGER, DAY = field("needs", "item_no"), field("actions", "due_on")
YEAR, PERIOD = field("measures", "baseline_year"), field("cover", "period")
YES, TEXT = field("root_causes", "is_actionable"), field("actions", "description")
PRACTICES, STATUS = field("strategies", "practice_codes"), field("action_status", "status")
DUTY = field("duties", "duty_code")
FUNDS, ORG = field("strategies", "fund_sources"), field("goals", "org_id")


@pytest.mark.parametrize(("table", "f"), ALL_FIELDS, ids=lambda v: getattr(v, "name", v))
def test_every_column_of_a_submission_has_a_converter(table: str, f: Field) -> None:
    assert converter(f) is not None
    assert read(f, "  ") is BLANK


@pytest.mark.parametrize(
    ("f", "raw", "value", "rules"),
    [
        (LEVELS["milestone"], "1.1.1", "1.1.1", []),
        (LEVELS["milestone"], "Milestone 1.1:1", "1.1.1", ["plan_code.normalised"]),
        (LEVELS["milestone"], "1.2.1.", "1.2.1", ["plan_code.normalised"]),
        (LEVELS["milestone"], "1. 1. 1", "1.1.1", ["plan_code.normalised"]),
        (LEVELS["goal"], "G1", "G1", []),
        (LEVELS["goal"], "G 1", "G1", ["plan_code.normalised"]),
        (LEVELS["goal"], "goal 2:", "G2", ["plan_code.normalised"]),
        (LEVELS["goal"], 1.0, "G1", ["plan_code.normalised"]),
        (LEVELS["priority"], 2.0, "2", []),
        (LEVELS["strategy"], 1.1, "1.1", ["plan_code.from_number"]),
        (LEVELS["strategy"], "1.10", "1.10", []),
        (LEVELS["action"], "Action 1.1.1.1", "1.1.1.1", ["plan_code.normalised"]),
        (LEVELS["parent"], "Strategy 1.1", "1.1", ["plan_code.normalised"]),
        (LEVELS["parent"], "G1", "G1", []),
        (LEVELS["milestone"], "1.1", None, ["plan_code.unreadable"]),
        (LEVELS["action"], "Milestone 1.1.1.1", None, ["plan_code.unreadable"]),
        (LEVELS["parent"], "1", None, ["plan_code.unreadable"]),
        (LEVELS["milestone"], date(2001, 1, 1), None, ["plan_code.unreadable"]),
        (LEVELS["strategy"], "one", None, ["plan_code.unreadable"]),
        (PERCENT, 45.0, Decimal(45), []),
        (PERCENT, "45%", Decimal(45), []),
        (PERCENT, "45 %", Decimal(45), []),
        (PERCENT, 0.45, Decimal(45), ["percent.fraction"]),
        (PERCENT, "0.5%", Decimal("0.5"), []),
        (PERCENT, 1.0, Decimal(1), ["percent.one"]),
        (PERCENT, 0.0, Decimal(0), []),
        (PERCENT, 100 / 3, Decimal("33.3333"), ["number.rounded"]),
        (PERCENT, 101.0, None, ["value.range"]),
        (PERCENT, "-1%", None, ["value.range"]),
        (PERCENT, "about half", None, ["number.unreadable"]),
        (MONEY, "$1,200.50", Decimal("1200.50"), []),
        (MONEY, "1200.5", Decimal("1200.50"), []),
        (MONEY, 0.1 + 0.2, Decimal("0.30"), []),
        (MONEY, 10.005, Decimal("10.01"), ["number.rounded"]),
        (MONEY, "(500)", None, ["value.range"]),
        (MONEY, "1.200,50", None, ["number.unreadable"]),
        (MONEY, "1,20", None, ["number.unreadable"]),
        (MONEY, 1e17, None, ["number.too_large"]),
        (MONEY, float("nan"), None, ["number.unreadable"]),
        (INTEGER, 12.0, 12, []),
        (INTEGER, "1,200", 1200, []),
        (INTEGER, 1.5, None, ["integer.unreadable"]),
        (INTEGER, 0.0, None, ["value.range"]),
        (INTEGER, "1e25", None, ["number.too_large"]),
        (YES, "TRUE", True, []),
        (YES, "x", True, []),
        (YES, "No", False, []),
        (YES, 0.0, False, []),
        (YES, "maybe", None, ["boolean.unreadable"]),
        (DAY, date(2024, 1, 31), date(2024, 1, 31), []),
        (DAY, datetime(2024, 1, 31, 3, 4), date(2024, 1, 31), []),
        (DAY, "2024-01-31", date(2024, 1, 31), []),
        (DAY, "2024-01-31T00:00:00Z", date(2024, 1, 31), []),
        (DAY, "1/2/2024", date(2024, 1, 2), []),
        (DAY, "1/31/24", date(2024, 1, 31), ["date.two_digit_year"]),
        (DAY, "January 31, 2024", date(2024, 1, 31), []),
        (DAY, 45322.0, date(2024, 1, 31), ["date.from_number"]),
        (DAY, "45322", date(2024, 1, 31), ["date.from_number"]),
        (DAY, "31/1/2024", None, ["date.unreadable"]),
        (DAY, "2/30/2024", None, ["date.unreadable"]),
        (DAY, "soon", None, ["date.unreadable"]),
        (DAY, 12.0, None, ["date.unreadable"]),
        (DAY, time(1, 2), None, ["date.unreadable"]),
        (DAY, "2204-01-31", None, ["date.implausible"]),
        (YEAR, "2023-24", "2023-24", []),
        (YEAR, "2023-2024", "2023-24", []),
        (YEAR, "2023/24", "2023-24", []),
        (YEAR, "2023–24", "2023-24", []),
        (YEAR, "2023-25", None, ["school_year.unreadable"]),
        (YEAR, 2023.0, None, ["school_year.unreadable"]),
        (PERIOD, "2024-01", "2024-01", []),
        (PERIOD, date(2024, 1, 1), "2024-01", []),
        (PERIOD, "January 2024", "2024-01", []),
        (PERIOD, "1/2024", "2024-01", []),
        (PERIOD, "2024-13", None, ["period.unreadable"]),
        (PERIOD, "spring", None, ["period.unreadable"]),
        (STATUS, "In Progress", "in_progress", []),
        (STATUS, "COMPLETED", "completed", []),
        (STATUS, "nearly", None, ["code.unknown"]),
        (DUTY, "Needs assessment", "needs_assessment", []),
        (DUTY, "Approval_LEA", "approval_lea", []),
        (DUTY, "Board update", "board_update", []),  # the state's own, by the policy
        (DUTY, "bord_update", "bord_update", ["duty.unknown"]),  # kept: somebody may know
        (PRACTICES, "3b, 2B", "3B,2B", []),
        (PRACTICES, "3B;3B\n1A", "3B,1A", []),
        (PRACTICES, "3b: Provide rigorous…", "3B", []),
        (PRACTICES, "2A Recruit, develop, retain, and sustain talent", "2A", []),
        (PRACTICES, "Provide rigorous evidence-based instruction", "3B", []),
        (PRACTICES, "3c: Provide rigorous evidence-based instruction", "3C", ["practice.label_mismatch"]),
        (PRACTICES, "3B, 9Z", None, ["code.unknown"]),
        (FUNDS, "Title I, 1003", "Title I,1003", []),
        (ORG, "0100001", "0100001", []),
        (ORG, 1234567.0, "1234567", []),
        (ORG, "01-00001", None, ["org.form"]),
        (ORG, "1.61119E+12", None, ["org.form"]),
        (TEXT, " padded \u200b", "padded", []),
        (TEXT, 12.0, "12", []),
        (TEXT, date(2024, 3, 4), "2024-03-04", ["text.from_date"]),
        (TEXT, "#REF!", None, ["cell.error"]),
        (DAY, "#N/A", None, ["cell.error"]),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_people_mean_it(f: Field, raw: Any, value: Any, rules: list[str]) -> None:
    got = read(f, raw)
    assert (got.value, fired(got)) == (value, rules)


@given(
    st.sampled_from([f for _, f in ALL_FIELDS]),
    st.one_of(st.text(), st.floats(), st.integers(), st.dates(), st.datetimes(), st.times(), st.timedeltas()),
)
def test_no_cell_makes_a_converter_raise_and_what_it_cannot_read_it_rejects(f: Field, raw: Any) -> None:
    got = read(f, raw)
    if got.value is None and got is not BLANK:
        assert any(severity(rule) == "reject" for rule in fired(got)) or not str(raw).strip(" ,;|\n\r\t")
    if got.value is not None:
        assert all(severity(rule) == "flag" for rule in fired(got))
    for rule, words in got.notes:
        if rule != "id.leading_zero":  # its words come from the directory
            assert message(rule, sheet="S", row=1, column="C", value=str(raw), **words)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_money_typed_with_cents_is_never_changed(amount: Decimal) -> None:
    for raw in (str(amount), f"${amount:,}", float(amount)):
        got = read(MONEY, raw)
        assert (got.value, got.notes) == (amount, ())


@given(st.lists(st.integers(1, 99), min_size=4, max_size=4), st.sampled_from([".", " . ", ":", " ", "-"]))
def test_a_plan_code_survives_every_separator(parts: list[int], separator: str) -> None:
    got = read(LEVELS["action"], separator.join(str(p) for p in parts))
    assert got.value == ".".join(str(p) for p in parts)


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_a_day_is_the_same_day_in_every_form(day: date) -> None:
    for raw in (day, day.isoformat(), f"{day.month}/{day.day}/{day.year}", f"{day:%b} {day.day}, {day.year}"):
        assert read(DAY, raw) == Read(day)


def test_every_rule_has_a_severity_and_words() -> None:
    for rule in RULES.values():
        assert rule.severity in ("refuse", "reject", "flag")
        assert rule.checks.endswith(".") and rule.message
