"""Stored submissions through the present rules and policy: what would change, before anything does."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from intake_home import LEA, NIGHT, SCHOOL, SECOND, Home, cover, directory_rows, good, in_process, status

from orchestration.errors import BadDataError, ConfigError
from orchestration.intake.amounts import read_number
from orchestration.intake.convert import CONVERTERS
from orchestration.intake.rules import RULES
from orchestration.policy import PolicyValue
from orchestration.reparse.report import Summary, lines
from orchestration.reparse.run import reparse

FRACTION = "percent.fraction"


def again(home: Home, months: Sequence[str] = ("2024-01",), out: Path | None = None) -> Summary:
    return reparse(
        home.settings, home.policy, months, NIGHT, out=out, directory=lambda root, at: directory_rows(),
        run=in_process,
    )  # fmt: skip


def every_change(home: Home, tmp_path: Path, months: Sequence[str] = ("2024-01",)) -> list[dict[str, str]]:
    out = tmp_path / "changes.csv"
    again(home, months, out)
    with out.open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def stricter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule that flags a fraction where percents are asked rejects its row instead."""
    monkeypatch.setitem(RULES, FRACTION, replace(RULES[FRACTION], severity="reject"))


def relative(home: Home) -> Home:
    """The state now reads "5% increase" as five per cent of the baseline."""
    values = [v for v in home.policy.values if v.parameter != "percent_change_means"]
    values.append(PolicyValue("percent_change_means", "relative", "2017-18", None, "test", True))
    home.policy = replace(home.policy, values=tuple(values), reading_sha256="1" * 64)
    return home


def a_measure() -> dict[str, Any]:
    return {
        "org_id": SCHOOL, "parent_code": "G1", "measure_no": 1, "indicator": "attendance", "data_source": "x",
        "unit": "percent", "direction": "higher", "baseline_year": "2022-23", "baseline": "80%",
        "target_y1": "5% increase",
    }  # fmt: skip


def everything(home: Home) -> dict[str, bytes]:
    return home.files(".")


def test_where_nothing_changed_it_says_so_and_writes_nothing_into_the_home(home: Home) -> None:
    home.drop({"cover": cover(), "action_status": [status(), status(status="?")]})
    home.drop_bytes(b"%PDF", "plan.pdf")
    home.night()
    before = everything(home)
    summary = again(home)
    assert summary.code == 0 and summary.changes == {}
    assert lines(summary) == [
        "Nothing would change in 1 file of 1 LEA, 2024-01 to 2024-01. They were read by this very code and policy."
    ]
    assert everything(home) == before


def test_a_stricter_rule_shows_the_rows_that_would_no_longer_count_and_why(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.drop(
        {"cover": cover(), "action_status": [status(percent_complete=0.4), status(action_code="1.1.1.2")]}
    )
    home.night()
    before = everything(home)
    stricter(monkeypatch)
    found = {c["kind"]: c for c in every_change(home, tmp_path)}
    assert set(found) == {"outcome", "row_gone", "finding_gone", "finding_new"}
    assert (found["outcome"]["before"], found["outcome"]["after"]) == ("accepted", "accepted_with_rejects")
    gone = found["row_gone"]
    assert (gone["table_name"], gone["source_row"], gone["after"]) == (
        "action_status", found["finding_new"]["source_row"], f"does not: {FRACTION}",
    )  # fmt: skip
    assert (found["finding_gone"]["severity"], found["finding_new"]["severity"]) == ("flag", "reject")
    assert found["finding_new"]["file_name"] == "report.xlsx" and found["finding_new"]["lea_id"] == LEA
    summary = again(home)
    assert summary.code == 1
    told = "\n".join(lines(summary))
    assert "Row no longer counts: 1" in told
    assert f"action_status: does not: {FRACTION}  [1 LEA: {LEA} 1]" in told
    assert everything(home) == before


def test_a_milder_rule_shows_the_rows_that_would_count(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.drop({"cover": cover(), "action_status": [status(percent_complete=0.4)]})
    with monkeypatch.context() as before:
        stricter(before)
        home.night()
    found = {c["kind"]: c for c in every_change(home, tmp_path)}
    assert (found["row_new"]["before"], found["row_new"]["after"]) == (f"does not: {FRACTION}", "counts")
    assert found["outcome"]["after"] == "accepted"


def test_each_cell_that_is_now_read_as_another_value_is_shown_with_its_place(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.drop({"cover": cover(), "action_status": [status(), status(SECOND, percent_complete=0.4)]})
    with monkeypatch.context() as older:  # code that did not know a fraction where percents are asked
        older.setitem(CONVERTERS, ("number", "percent"), read_number)
        home.night()
    (value,) = [c for c in every_change(home, tmp_path) if c["kind"] == "value"]
    assert (value["before"], value["after"]) == ("0.4000", "40.0000")
    assert (value["sheet"], value["source_row"], value["column_name"]) == (
        "Action status", "5", "Percent complete",
    )  # fmt: skip


def test_another_policy_shows_what_senders_would_be_told(home: Home, tmp_path: Path) -> None:
    goals = [{"org_id": SCHOOL, "goal_code": "G1", "statement": "x"}]
    home.drop({**good(), "goals": goals, "measures": [a_measure()]})
    home.night()
    (change,) = every_change(relative(home), tmp_path)
    assert (change["kind"], change["rule_id"]) == ("finding_reworded", "target.ambiguous")
    assert "points added" in change["before"] and "per cent of where it starts" in change["after"]


def test_what_it_shows_is_what_the_next_night_does(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.drop(
        {"cover": cover(), "action_status": [status(percent_complete=0.4), status(action_code="1.1.1.2")]}
    )
    home.night()
    stricter(monkeypatch)
    home.policy = replace(home.policy, reading_sha256="1" * 64)
    assert again(home).code == 1
    home.night()
    assert again(home).code == 0


def test_only_the_months_asked_for_are_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for period in ("2023-11", "2023-12", "2024-01"):
        home.drop(
            {"cover": cover(period=period), "action_status": [status(percent_complete=0.4)]}, f"{period}.xlsx"
        )
    home.night()
    stricter(monkeypatch)
    summary = again(home, ("2023-12",))
    assert summary.files == 1 and summary.changes["row_gone"] == 1


def test_a_file_that_no_month_was_known_of_is_told_where_it_now_has_one(home: Home, tmp_path: Path) -> None:
    home.drop(good())
    home.settings = replace(home.settings, file_megabytes=0)
    home.night()
    home.settings = replace(home.settings, file_megabytes=50)
    assert home.submission()["outcome"] == "refused" and home.submission()["period"] is None
    found = every_change(home, tmp_path)
    (month,) = [c for c in found if c["kind"] == "month"]
    assert (month["before"], month["after"]) == ("unknown", "2024-01")
    assert (
        len([c for c in found if c["kind"] == "row_new" and c["before"] == "does not: file.too_large"]) == 3
    )


def test_the_page_shows_what_was_sent_as_text_and_the_list_holds_no_formula(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [status(percent_complete=0.4, cause="=1+1")]
    home.drop({"cover": cover(), "action_status": rows}, "<b>=x.xlsx")
    home.night()
    stricter(monkeypatch)
    again(home, out=tmp_path / "changes.html")
    page = (tmp_path / "changes.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;=x.xlsx" in page and "<b>=x" not in page
    assert "Row no longer counts (1)" in page and "Nothing has been changed" in page
    for change in every_change(home, tmp_path):
        assert not any(str(v).startswith(("=", "+", "-", "@")) for v in change.values())


def test_what_cannot_be_done_is_refused_before_anything_is_read(home: Home, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"must end in \.csv or \.html"):
        again(home, out=tmp_path / "changes.txt")
    with pytest.raises(BadDataError, match="nothing has been taken in"):
        again(home)


def test_each_change_of_a_finding_is_counted_once_where_several_are_alike(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [status(action_code=f"1.1.1.{n}", percent_complete=0.4) for n in (1, 2, 3)]
    home.drop({"cover": cover(), "action_status": rows})
    home.night()
    rule = RULES[FRACTION]
    monkeypatch.setitem(RULES, FRACTION, replace(rule, message=rule.message + " Please."))
    summary = again(home)
    assert summary.changes == {"finding_reworded": 3}
