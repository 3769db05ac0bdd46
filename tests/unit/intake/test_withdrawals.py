"""The state withdraws a file: nothing of it counts from then on, and the earlier one stands again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from intake_home import LEA, NIGHT, SCHOOL, Home, cover, good, status

import orchestration.intake.withdrawals as room
from orchestration.decisions import decisions
from orchestration.errors import ConfigError
from orchestration.intake.prefill_rows import Standing
from orchestration.intake.withdrawals import bring_into_lake, decide, withdrawn
from orchestration.warehouse.build_file import run_facts

DECIDED, LATER = datetime(2024, 2, 8, 9), datetime(2024, 2, 9, 9)
BEFORE, AFTER = datetime(2024, 2, 8, 8, 59), datetime(2024, 2, 8, 9)


@pytest.fixture
def sent(home: Home) -> Home:
    """Two reports for January, the second superseding the first, and one refused file."""
    home.drop(good(1), "first.xlsx", at=datetime(2024, 2, 1))
    home.drop({"cover": cover(), "action_status": [status(status="completed")]}, "second.xlsx")
    home.drop_bytes(b"%PDF", "plan.pdf")
    home.night()
    return home


def named(home: Home, name: str) -> str:
    (found,) = [r["submission_id"] for r in home.rows("intake__submissions") if r["file_name"] == name]
    return str(found)


def withdraw(home: Home, name: str = "second.xlsx", at: datetime = DECIDED, **words: Any) -> None:
    decide(
        home.settings, "withdraw", named(home, name), words.get("reason", "A test file"), words.get("by", "J. Ortiz"), at
    )  # fmt: skip


def statuses(home: Home, as_of: datetime) -> list[Any]:
    """What a workbook would be filled in with."""
    standing = Standing.of(home.settings.lake, as_of, "2024-02")
    return [r["status"] for r in standing.rows("action_status", {SCHOOL})]


def history(home: Home) -> str:
    page = (home.settings.home / "outbox" / LEA / "index.html").read_text(encoding="utf-8")
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<body>") :])).split())


def test_the_earlier_file_stands_again_from_then_on_and_the_withdrawn_before(sent: Home) -> None:
    assert statuses(sent, AFTER) == ["completed"]
    withdraw(sent)
    assert statuses(sent, BEFORE) == ["completed"]
    assert statuses(sent, AFTER) == ["in_progress"]


def test_a_restored_file_stands_again_and_the_time_between_stays_as_it_was(sent: Home) -> None:
    withdraw(sent)
    decide(sent.settings, "restore", named(sent, "second.xlsx"), "It was right", "J. Ortiz", LATER)
    assert statuses(sent, LATER) == ["completed"]
    assert statuses(sent, AFTER) == ["in_progress"]
    assert withdrawn(sent.settings.lake, LATER) == {}


def test_with_its_only_file_withdrawn_an_lea_has_nothing_that_stands(sent: Home) -> None:
    withdraw(sent)
    withdraw(sent, "first.xlsx", LATER)
    assert statuses(sent, LATER) == []


def test_the_history_says_since_when_and_why_and_what_stands_instead(sent: Home) -> None:
    withdraw(sent, reason="Sent by <b>mistake</b>")
    sent.night(BEFORE)
    assert "Withdrawn" not in history(sent) and "second.xlsx: Cover 1, Action status 1" in history(sent)
    sent.night(AFTER)
    said = history(sent)
    assert (
        "second.xlsx January 2024 Accepted Withdrawn by the state on Thursday, February 8, 2024, "
        "because: Sent by <b>mistake</b> nothing counts" in said
    )
    assert "first.xlsx: Cover 1, Action status 1" in said and "J. Ortiz" not in said


def test_a_lake_made_again_from_the_archive_holds_the_same_to_the_byte(
    sent: Home, make_home: Callable[[str], Home]
) -> None:
    withdraw(sent)
    decide(sent.settings, "restore", named(sent, "second.xlsx"), "It was right", "J. Ortiz", LATER)
    other = make_home("other")
    shutil.copytree(sent.settings.home / "archive", other.settings.home / "archive")
    other.night(NIGHT)
    assert other.files("lake") == sent.files("lake")


def test_a_kill_between_archive_and_lake_loses_nothing(sent: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(settings: Any) -> int:
        if decisions(settings.archive):
            raise KeyboardInterrupt
        return 0

    with monkeypatch.context() as killed:
        killed.setattr(room, "bring_into_lake", die)
        with pytest.raises(KeyboardInterrupt):
            withdraw(sent)
    assert statuses(sent, AFTER) == ["completed"]  # not in the lake yet
    sent.night(AFTER)
    assert statuses(sent, AFTER) == ["in_progress"]
    assert bring_into_lake(sent.settings) == 0


def test_a_kill_between_the_lakes_part_and_its_manifest_loses_nothing(
    sent: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr("orchestration.lake.BatchWriter.commit", die)
        with pytest.raises(KeyboardInterrupt):
            withdraw(sent)
    sent.night(AFTER)
    assert statuses(sent, AFTER) == ["in_progress"]
    assert len(sent.rows("intake__withdrawals")) == 1


def test_releases_as_of_a_time_before_the_decision_have_the_same_inputs(sent: Home) -> None:
    def inputs(as_of: datetime) -> str:
        return run_facts(sent.settings, sent.policy, as_of).archive_sha256

    before, after = inputs(BEFORE), inputs(AFTER)
    withdraw(sent)
    assert inputs(BEFORE) == before and inputs(AFTER) != after


def test_what_other_rules_read_again_stays_withdrawn(sent: Home) -> None:
    withdraw(sent)
    sent.policy = type(sent.policy)(**{**vars(sent.policy), "reading_sha256": "1" * 64})
    assert sent.night(AFTER).files == 3
    assert statuses(sent, AFTER) == ["in_progress"]


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("plan.pdf", {}, "was refused: nothing of it counts"),
        ("second.xlsx", {"reason": " \n "}, "say a reason"),
        ("second.xlsx", {"by": ""}, "say who decided"),
        ("second.xlsx", {"reason": "x" * 501}, "at most 500"),
        ("second.xlsx", {"at": datetime(2024, 2, 5, 11)}, "arrived at 2024-02-05 12:00:00"),
    ],
)
def test_what_cannot_be_withdrawn_is_refused_and_nothing_is_recorded(
    sent: Home, name: str, words: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        withdraw(sent, name, **words)
    assert decisions(sent.settings.archive) == []


def test_an_unknown_file_is_told_with_those_near_it(sent: Home) -> None:
    right = named(sent, "second.xlsx")
    with pytest.raises(ConfigError, match=rf"no submission .* near it are {right}"):
        decide(sent.settings, "withdraw", right[:-1] + "x", "A test", "J. Ortiz", DECIDED)
    with pytest.raises(ConfigError, match="near it are .*" + named(sent, "first.xlsx")):
        decide(sent.settings, "withdraw", LEA, "A test", "J. Ortiz", DECIDED)


def test_twice_or_backwards_is_refused(sent: Home) -> None:
    second = named(sent, "second.xlsx")
    with pytest.raises(ConfigError, match="is not withdrawn"):
        decide(sent.settings, "restore", second, "It was right", "J. Ortiz", DECIDED)
    withdraw(sent)
    with pytest.raises(ConfigError, match=r"withdrawn already, since .* by J. Ortiz: A test file"):
        withdraw(sent, at=LATER)
    with pytest.raises(ConfigError, match="give a later time"):
        decide(sent.settings, "restore", second, "It was right", "J. Ortiz", DECIDED)
    with pytest.raises(ConfigError, match="would change the release as of"):
        decide(sent.settings, "restore", second, "It was right", "X", LATER, not_before=LATER)
    assert len(decisions(sent.settings.archive)) == 1
