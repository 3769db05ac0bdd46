"""The history of an LEA: every file, what stands, what is due."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from html import unescape

import pandas as pd
from intake_home import LEA, OTHER_SCHOOL, SCHOOL, Home, cover, directory_rows, good, status
from pytest import MonkeyPatch

from orchestration.intake.history import asked_for, write_histories
from orchestration.intake.owing import obliged_leas
from orchestration.policy import PolicyValue

MONTHS = PolicyValue("reporting_months", "8,9,10,11,12,1,2,3,4,5", "2017-18", None, "test", True)


def reporting(home: Home) -> Home:
    home.policy = replace(home.policy, values=(*home.policy.values, MONTHS))
    return home


def page(home: Home) -> str:
    return (home.settings.home / "outbox" / LEA / "index.html").read_text(encoding="utf-8")


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<body>") :])).split())


def test_every_file_is_there_with_its_outcome_and_a_link_to_its_receipt(home: Home) -> None:
    home.drop(good(), "one.xlsx")
    home.drop({"cover": cover(period="2023-12"), "action_status": [status(), status(status="?")]}, "two.xlsx")
    home.drop_bytes(b"%PDF", "plan.pdf")
    home.night()
    said = words(page(home))
    assert "one.xlsx January 2024 Accepted 3 rows of 3 count" in said
    assert "two.xlsx December 2023 Accepted in part 2 rows of 3 count" in said
    assert "plan.pdf unknown Not accepted nothing counts" in said
    links = re.findall(r'href="([^"]+)"', page(home))
    assert len(links) == 5 and all((home.settings.home / "outbox" / LEA / to).is_file() for to in links)


def test_what_stands_is_told_table_by_table(home: Home) -> None:
    goals = [{"org_id": LEA, "goal_code": "G1", "statement": "x"}]
    home.drop({**good(3), "goals": goals}, "one.xlsx", at=datetime(2024, 2, 1))
    home.drop(good(2), "two.xlsx", at=datetime(2024, 2, 2))
    home.drop(
        {"cover": cover(), "action_status": [status(status="?")]}, "three.xlsx", at=datetime(2024, 2, 3)
    )
    home.drop(
        {"cover": cover("0200000"), **{"action_status": [status()]}}, "four.xlsx", at=datetime(2024, 2, 4)
    )
    home.night()
    assert "one.xlsx: Goals 1 two.xlsx: Action status 2 three.xlsx: Cover 1" in words(page(home))


def test_what_is_due_follows_the_policy_and_the_day(home: Home) -> None:
    reporting(home).drop({**good(), "cover": cover(period="2023-12")}, at=datetime(2024, 1, 10))
    home.night(datetime(2024, 2, 6))
    said = words(page(home))
    assert "To be sent: January 2024 (due by the end of Thursday, February 15, 2024)." in said
    assert (
        "Next: February 2024 (due by the end of Friday, March 15, 2024). Sheets: Cover, Action status" in said
    )
    home.night(datetime(2024, 2, 17))
    assert "Overdue: January 2024 (due by the end of Thursday, February 15, 2024)." in words(page(home))
    home.drop(good(), "jan.xlsx", at=datetime(2024, 2, 17, 3))
    home.night(datetime(2024, 2, 18))
    said = words(page(home))
    assert "Overdue" not in said and "January 2024 late jan.xlsx: Cover 1, Action status 2" in said
    assert "December 2023 in time" in said


def test_summer_is_not_due(home: Home) -> None:
    reporting(home).drop({**good(), "cover": cover(period="2024-05")}, at=datetime(2024, 6, 3))
    home.night(datetime(2024, 7, 6))
    said = words(page(home))
    assert "To be sent" not in said and "Overdue" not in said and "Next: August 2024" in said


def test_years_in_which_nothing_was_sent_are_not_held_against_anybody(home: Home) -> None:
    reporting(home).drop({**good(), "cover": cover(period="2023-05")}, at=datetime(2023, 6, 3))
    home.night(datetime(2024, 9, 20))
    assert "Overdue: August 2024 (due by the end of Sunday, September 15, 2024)." in words(page(home))


def test_without_a_policy_for_the_months_nothing_is_said_to_be_due(home: Home) -> None:
    home.drop(good())
    home.night()
    assert "Nothing is due." in words(page(home))


def test_it_is_rewritten_only_where_something_changed(home: Home) -> None:
    home.drop(good())
    home.night()
    path = home.settings.home / "outbox" / LEA / "index.html"
    before = path.stat()
    home.night()
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    home.drop(good(3), "b.xlsx")
    home.night()
    assert "b.xlsx" in page(home)


def test_quarters_and_semesters_ask_for_their_sheets(home: Home) -> None:
    assert "Milestone reports" not in asked_for("2024-01", home.policy)
    assert "Milestone reports" in asked_for("2024-03", home.policy)
    assert "Strategy reports" not in asked_for("2024-03", home.policy)
    assert "Strategy reports" in asked_for("2023-12", home.policy)


def test_a_folder_that_is_no_lea_gets_no_history(home: Home) -> None:
    home.drop(good(), folder="not an lea")
    home.night()
    assert not list((home.settings.home / "outbox").rglob("index.html"))


def obliged(home: Home, as_of: datetime) -> str:
    settings, policy = home.settings, home.policy
    write_histories(settings, policy, as_of, {LEA: "North"}, obliged={LEA})
    return words(page(home))


def test_an_lea_that_owes_reports_and_never_sent_one_is_told_what_is_due(home: Home) -> None:
    said = obliged(reporting(home), datetime(2023, 10, 20))
    assert said.startswith("North (0100000) Everything you sent")
    assert (
        "Overdue: August 2023 (due by the end of Friday, September 15, 2023); September 2023 (due by the "
        "end of Sunday, October 15, 2023). Late reports count too." in said
    )
    assert "Next: October 2023" in said and "Every file Nothing yet." in said


def test_an_lea_that_owes_is_told_of_months_before_its_first_report_too(home: Home) -> None:
    reporting(home).drop({**good(), "cover": cover(period="2023-10")}, at=datetime(2023, 11, 10))
    home.night(datetime(2023, 11, 12))
    assert "Overdue" not in words(page(home))
    assert "Overdue: August 2023" in obliged(home, datetime(2023, 11, 12))


def test_designations_that_policy_names_oblige_the_lea(home: Home, monkeypatch: MonkeyPatch) -> None:
    lists = pd.DataFrame(
        [(SCHOOL, "CSI", "x"), (OTHER_SCHOOL, "none", "")], columns=["org_id", "category", "reason"]
    )
    monkeypatch.setattr("orchestration.intake.owing.designated", lambda root, at, year: lists)
    night = datetime(2024, 2, 6)
    assert obliged_leas(home.settings.lake, home.policy, night, directory_rows()) == set()
    asked = PolicyValue("expected_categories", "CSI,TSI", "2017-18", None, "test", True)
    home.policy = replace(home.policy, values=(*home.policy.values, asked))
    assert obliged_leas(home.settings.lake, home.policy, night, directory_rows()) == {LEA}
