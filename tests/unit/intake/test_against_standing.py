"""What a file says against what was sent before: each rule shown to fire and not to fire, whatever the nights."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from intake_home import LEA, OTHER_LEA, SCHOOL, SECOND, Home, cover, directory_rows, in_process
from test_references import NOWHERE, plan

from orchestration.intake import against_standing
from orchestration.intake.check import WITHOUT_HISTORY, check_file
from orchestration.intake.references import REFERENCES, Reference
from orchestration.intake.rules import severity
from orchestration.intake.withdrawals import decide
from orchestration.school_year import period_end

LOOKS_FOR_PLANS = True
LAST_NIGHT = datetime(2024, 12, 31, 2)
Row = dict[str, Any]
Tables = dict[str, list[Row]]


def send(home: Home, period: str, tables: Tables, *, day: int = 5, form: str = "zip") -> None:
    """Drop a file for a month, so many days after its end."""
    at = datetime.combine(period_end(period), datetime.min.time()) + timedelta(days=day, hours=12)
    home.drop({"cover": cover(period=period), **tables}, f"{period}-{day}.{form}", at=at)


def status(percent: float | None = 50, **more: Any) -> Row:
    return {
        "org_id": SCHOOL,
        "action_code": "1.1.1.1",
        "status": "in_progress",
        "percent_complete": percent,
        **more,
    }


def spent(amount: float, fund: str = "Title I", **more: Any) -> Row:
    return {"org_id": SCHOOL, "fund_source": fund, "spent_to_date": amount, **more}


def told(home: Home, as_of: datetime = LAST_NIGHT) -> list[tuple[str, str, str]]:
    """Rule, month and value of everything found once every file was taken in."""
    home.night(as_of)
    return sorted((f["rule_id"], f["period"], f["value"]) for f in home.findings())


def with_plan(**tables: list[Row]) -> Tables:
    return {
        **{t: plan()[t] for t in ("strategies", "milestones", "actions", "goals", "priorities")},
        **tables,
    }


def test_a_status_whose_action_was_never_sent_is_kept_and_told(home: Home) -> None:
    send(home, "2024-01", {"action_status": [status()]})
    assert told(home) == [("reference.standing", "2024-01", "1.1.1.1")]
    (finding,) = home.findings()
    assert "any sheet 'Actions' that you sent for this organization in 2023-24 so far" in finding["message"]
    assert "counts with no action" in finding["message"]
    assert severity("reference.standing") == "flag"
    assert len(home.rows("submission__action_status")) == home.submission()["rows_accepted"] - 1 == 1


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda r: f"{r.table}.{r.column}-{r.parent}")
def test_what_is_named_is_looked_for_in_what_stands_where_the_file_lacks_its_table(
    home: Home, reference: Reference
) -> None:
    right, wrong = plan(), plan()
    naught = "9.9" if (reference.parent, reference.column) == ("strategies", "parent_code") else None
    wrong[reference.table][-1][reference.column] = naught or NOWHERE[reference.column]
    send(home, "2023-11", right)
    send(home, "2023-12", {reference.table: right[reference.table]})
    send(home, "2024-01", {reference.table: wrong[reference.table]})
    home.night(LAST_NIGHT)
    found = [f for f in home.findings() if f["column_name"] == _title(reference)]
    assert {(f["rule_id"], f["period"]) for f in found} == {("reference.standing", "2024-01")}
    assert {f["source_row"] for f in found} == {1 + len(right[reference.table])}
    assert any("that you last sent for this organization (for 2023-11)" in f["message"] for f in found)


def _title(reference: Reference) -> str:
    from orchestration.contracts.model import submission_tables

    return submission_tables()[reference.table].field(reference.column).title


def test_a_file_that_brings_the_table_is_not_laid_on_an_earlier_one(home: Home) -> None:
    send(home, "2023-12", plan())
    own = plan()
    send(home, "2024-01", {"actions": own["actions"][:1], "action_status": own["action_status"][:2]})
    assert told(home) == [("reference.action", "2024-01", "1.1.1.2")]


def test_a_parents_sheet_whose_rows_were_all_put_aside_is_told_once(home: Home) -> None:
    actions = [{**plan()["actions"][0], "due_on": None}]
    send(home, "2024-01", {"actions": actions, "action_status": [status()]})
    assert [rule for rule, _, _ in told(home)] == ["value.missing"]


def test_the_plan_counts_from_its_month_on_within_its_school_year(home: Home) -> None:
    send(home, "2023-12", plan())
    for period in ("2023-11", "2024-05", "2024-09"):
        send(home, period, {"action_status": [status()]})
    assert told(home) == [
        ("reference.standing", "2023-11", "1.1.1.1"),
        ("reference.standing", "2024-09", "1.1.1.1"),
    ]


def test_each_organization_is_held_to_its_own_plan_as_last_sent(home: Home) -> None:
    send(home, "2023-11", plan())
    send(home, "2023-12", plan(SECOND))
    shorter = {**plan(), "actions": plan()["actions"][1:], "action_status": plan()["action_status"][1:]}
    send(home, "2024-01", shorter)
    send(home, "2024-02", {"action_status": [status(), status(org_id=SECOND)]})
    assert told(home) == [("reference.standing", "2024-02", "1.1.1.1")]
    (finding,) = home.findings()
    assert "(for 2024-01)" in finding["message"] and finding["source_row"] == 2


def test_a_plan_that_was_refused_or_is_anothers_does_not_stand(home: Home) -> None:
    send(home, "2023-12", {**plan(), "goals": [{"org_id": OTHER_LEA, "goal_code": "G1", "statement": "s"}]})
    send(home, "2024-01", {"action_status": [status()]})
    assert [t for t in told(home) if t[1] == "2024-01"] == [("reference.standing", "2024-01", "1.1.1.1")]


def test_a_plan_that_the_state_withdrew_does_not_stand_for_what_comes_after(home: Home) -> None:
    send(home, "2023-11", plan())
    send(home, "2023-12", {"action_status": [status()]})
    home.night(datetime(2024, 1, 10))
    sent = next(s["submission_id"] for s in home.rows("intake__submissions") if s["period"] == "2023-11")
    decide(home.settings, "withdraw", sent, "Of another school", "J. Ortiz", datetime(2024, 1, 20))
    send(home, "2024-01", {"action_status": [status()]})
    assert told(home) == [("reference.standing", "2024-01", "1.1.1.1")]


DONE = {"status": "completed", "completed_on": datetime(2023, 11, 20).date()}


@pytest.mark.parametrize(
    ("before", "now", "rules"),
    [
        (status(100, **DONE), status(60), ["status.reopened"]),
        (status(100, **DONE), status(60, adjustment="The calendar was made again"), []),
        (status(100, **DONE), status(100, **DONE), []),
        (status(60), status(40), ["status.percent_fell"]),
        (status(60), status(60), []),
        (status(60), status(40, cause="Counted too early"), []),
        (status(60), status(40, cause="  "), ["status.percent_fell"]),
        (status(60, cause="Late"), status(40, cause="Late"), ["status.percent_fell"]),
        (status(60, cause="Late"), status(40, cause="Late", adjustment="Begun anew"), []),
        (status(None), status(40), []),
        (status(60), status(None), []),
        (status(spent_to_date=600), status(spent_to_date=599.5), ["status.spending_fell"]),
        (status(spent_to_date=600), status(spent_to_date=600), []),
        (status(spent_to_date=600), status(spent_to_date=5, adjustment="Refund"), []),
        (status(60, spent_to_date=600), status(5, spent_to_date=5), ["status.percent_fell", "status.spending_fell"]),
    ],
)  # fmt: skip
def test_a_status_that_goes_back_without_a_word_is_flagged(
    home: Home, before: Row, now: Row, rules: list[str]
) -> None:
    send(home, "2023-11", with_plan(action_status=[before]))
    send(home, "2024-01", {"action_status": [now]})
    assert [(rule, period) for rule, period, _ in told(home)] == [(rule, "2024-01") for rule in rules]
    assert all(severity(rule) == "flag" for rule in rules)
    assert all("for 2023-11" in f["message"] for f in home.findings())
    assert len(home.rows("submission__action_status")) == 2


def test_an_action_is_found_in_the_month_that_last_told_of_it_of_its_own_school_year(home: Home) -> None:
    other = status(90, action_code="1.1.1.2")
    send(home, "2023-10", with_plan(action_status=[status(80), other]))
    send(home, "2023-11", {"action_status": [status(70, cause="Miscounted"), other]})
    send(home, "2023-12", {"action_status": [other]})  # says nothing of the first
    send(home, "2024-01", {"action_status": [status(75), other]})
    send(home, "2024-02", {"action_status": [status(60), other]})
    send(home, "2024-08", with_plan(action_status=[status(5)]))
    assert told(home) == [("status.percent_fell", "2024-02", "60")]


def test_a_correction_of_the_same_month_and_a_late_file_of_an_earlier_one_are_no_fall(home: Home) -> None:
    send(home, "2023-11", with_plan(action_status=[status(50)], expenditures=[spent(500)]))
    send(home, "2024-01", {"action_status": [status(90)], "expenditures": [spent(900)]})
    send(home, "2024-01", {"action_status": [status(70)], "expenditures": [spent(700)]}, day=9)
    send(home, "2023-12", {"action_status": [status(60)], "expenditures": [spent(600)]}, day=60)
    assert told(home) == []
    send(home, "2024-02", {"action_status": [status(80)], "expenditures": [spent(800)]}, day=40)
    assert told(home) == []  # held to the corrected January


def test_a_funds_spending_that_falls_without_a_word_is_put_aside_and_every_count_agrees(home: Home) -> None:
    send(home, "2023-12", {"expenditures": [spent(500), spent(90, "1003")]})
    send(home, "2024-01", {"expenditures": [spent(499.5), spent(95, "1003")]})
    report = home.night(LAST_NIGHT)
    (finding,) = home.findings()
    assert (finding["rule_id"], finding["severity"], finding["value"]) == (
        "spending.fell",
        "reject",
        "499.50",
    )
    assert "less than the 500 reported for 2023-12" in finding["message"]
    assert (report.accepted, report.accepted_with_rejects, report.rows, report.rejects) == (1, 1, 5, 1)
    (january,) = [s for s in home.rows("intake__submissions") if s["period"] == "2024-01"]
    assert (january["outcome"], january["rows_read"], january["rows_accepted"], january["rows_rejected"]) == (
        "accepted_with_rejects", 3, 2, 1,
    )  # fmt: skip
    tables = {t["table_name"]: t for t in home.rows("intake__tables") if t["period"] == "2024-01"}
    assert (tables["expenditures"]["rows_accepted"], tables["expenditures"]["rows_rejected"]) == (1, 1)
    assert (tables["cover"]["rows_accepted"], tables["cover"]["rows_rejected"]) == (1, 0)
    kept = [(r["period"], r["fund_source"]) for r in home.rows("submission__expenditures")]
    assert sorted(kept) == [("2023-12", "1003"), ("2023-12", "Title I"), ("2024-01", "1003")]


def test_a_reason_a_new_fund_and_a_new_school_year_let_spending_begin_lower(home: Home) -> None:
    send(home, "2023-12", {"expenditures": [spent(500)]})
    send(home, "2024-01", {"expenditures": [spent(400, comment="Refund of 100 dollars"), spent(1, "1003")]})
    send(
        home, "2024-02", {"expenditures": [spent(390, comment="Refund of 100 dollars")]}
    )  # last month's words
    send(home, "2024-03", {"expenditures": [spent(410)]})
    send(home, "2024-08", {"expenditures": [spent(10)]})
    assert told(home) == [("spending.fell", "2024-02", "390")]


def test_what_was_put_aside_stands_for_nothing_after(home: Home) -> None:
    send(home, "2023-12", {"expenditures": [spent(500)]})
    send(home, "2024-01", {"expenditures": [spent(600)]})
    send(home, "2024-01", {"expenditures": [spent(300)]}, day=9)  # put aside whole: the 600 stand
    send(home, "2024-02", {"expenditures": [spent(400)]})
    send(home, "2024-03", {"expenditures": [spent(650)]})
    assert told(home) == [("spending.fell", "2024-01", "300"), ("spending.fell", "2024-02", "400")]
    (february,) = [f for f in home.findings() if f["period"] == "2024-02"]
    assert "600 reported for 2024-01" in february["message"]


def history(home: Home) -> None:
    """Files of half a year in which every rule of history has something to say."""
    send(home, "2023-10", {"action_status": [status(100, **DONE)]})
    send(home, "2023-11", with_plan(action_status=[status(100, **DONE)], expenditures=[spent(500)]))
    send(home, "2023-12", {"action_status": [status(60)], "expenditures": [spent(300)]})
    send(home, "2023-12", {"action_status": [status(50)], "expenditures": [spent(550)]}, day=8)
    send(home, "2024-01", {"action_status": [status(40)], "expenditures": [spent(540), spent(1, "1003")]})
    send(home, "2024-02", plan())
    send(home, "2024-03", {"action_status": [status(30, spent_to_date=1, action_code="1.9.9.9"), status(20)]})


def lake_of(home: Home) -> dict[str, list[Row]]:
    tables = ("intake__submissions", "intake__tables", "intake__findings", "submission__expenditures")
    return {t: home.rows(t) for t in tables}


def test_one_night_or_many_or_the_archive_read_again_find_the_same(
    make_home: Callable[[str], Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    once, nightly, again = (make_home(n) for n in ("once", "nightly", "again"))
    history(once)
    once.night(LAST_NIGHT)
    history(nightly)
    for path in sorted((nightly.settings.home / "landing").rglob("*.zip"), key=lambda p: p.stat().st_mtime):
        nightly.night(datetime.fromtimestamp(path.stat().st_mtime) + timedelta(days=1))
    assert len({f["rule_id"] for f in once.findings()}) == 5
    assert lake_of(nightly) == lake_of(once)
    shutil.copytree(nightly.settings.home / "archive", again.settings.home / "archive")
    monkeypatch.setattr(against_standing, "FILES_AT_ONCE", 1)
    again.night(LAST_NIGHT)
    assert lake_of(again) == lake_of(once)
    changed = replace(nightly, policy=replace(nightly.policy, reading_sha256="1" * 64))
    changed.night(LAST_NIGHT)  # everything is read again, each night's files after those of the nights before
    assert lake_of(changed) == lake_of(once)


def test_a_file_of_an_earlier_night_that_comes_late_has_the_later_nights_read_again(
    make_home: Callable[[str], Home],
) -> None:
    home, again = make_home("home"), make_home("again")
    send(home, "2024-01", {"expenditures": [spent(300)]})
    send(home, "2024-02", {"expenditures": [spent(310)]})
    assert told(home, datetime(2024, 3, 20)) == []
    send(home, "2023-12", {"expenditures": [spent(305)]})
    assert told(home, datetime(2024, 2, 10)) == [("spending.fell", "2024-01", "300")]
    assert told(home) == [("spending.fell", "2024-01", "300")]
    assert len(home.rows("intake__submissions")) == 3
    shutil.copytree(home.settings.home / "archive", again.settings.home / "archive")
    again.night(LAST_NIGHT)
    assert lake_of(again) == lake_of(home)


def test_the_senders_answers_name_the_cell_and_its_own_columns(home: Home) -> None:
    send(home, "2023-12", with_plan(expenditures=[spent(500)], action_status=[status(60)]))
    send(home, "2024-01", {"expenditures": [spent(400)], "action_status": [status(40)]}, form="xlsx")
    members = {
        "cover.csv": f"lea_id,period\n{LEA},2024-02\n",
        "expenditures.csv": f"flex_no,org_id,fund_source,spent_to_date\nA 7,{SCHOOL},Title I,3\n",
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    home.drop_bytes(data.getvalue(), "own.zip", at=datetime(2024, 3, 9))
    home.night(LAST_NIGHT)
    (receipt,) = [r for r in home.receipts().values() if r["file"] == "2024-01-5.xlsx"]
    cells = {f["rule"]: f["cell"] for f in receipt["findings"]}
    assert cells == {"status.percent_fell": "D4", "spending.fell": "C4"}
    (own,) = [f for f in home.findings() if f["file_name"] == "own.zip"]
    assert (own["rule_id"], own["source_cell"], own["own_columns"]) == (
        "spending.fell",
        "D2",
        '{"flex_no": "A 7"}',
    )
    assert receipt["outcome"] == "accepted_with_rejects" and receipt["rows_rejected"] == 1
    folder = home.settings.home / "outbox" / LEA / "2024-01"
    assert list(folder.glob("returned-*.xlsx"))
    assert "less than the 500 reported for 2023-12" in (folder / "receipt.html").read_text(encoding="utf-8")


def test_a_check_with_a_home_says_what_the_night_would_and_without_one_says_that_it_did_not_look(
    home: Home, tmp_path: Any
) -> None:
    send(home, "2023-12", with_plan(expenditures=[spent(500)]))
    home.night(LAST_NIGHT)
    path = home.drop(
        {"cover": cover(period="2024-01"), "expenditures": [spent(400)]}, "report.zip", at=LAST_NIGHT
    )

    def check(history: Any) -> dict[str, Any]:
        at, known = LAST_NIGHT + timedelta(days=1), directory_rows()
        return check_file(
            path, home.settings, home.policy, at, known=known, history=history, run=in_process
        ).receipt

    alone, laid = check(None), check(home.settings.lake)
    assert (alone["outcome"], alone["findings"], alone["left_out"]) == ("accepted", [], [WITHOUT_HISTORY])
    assert (laid["outcome"], [f["rule"] for f in laid["findings"]], laid["left_out"]) == (
        "accepted_with_rejects", ["spending.fell"], [],
    )  # fmt: skip
    home.night(LAST_NIGHT + timedelta(days=2))
    assert [f["rule"] for f in check(home.settings.lake)["findings"]] == ["spending.fell"]  # sent by now
