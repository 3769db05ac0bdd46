"""A fault of our own code: told as ours, never answered as the sender's, and stopping us where it meets everybody."""

from __future__ import annotations

import functools
import logging
import sys
import textwrap
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from intake_home import NIGHT, Home, good

from orchestration.errors import InterlaceError
from orchestration.intake import batch, pool
from orchestration.intake.check import check_file
from orchestration.intake.own_faults import undecided

# A worker whose own code fails while it reads, or while it decides, the files that a word is planted in.
WORKER = """
from orchestration.intake import workbook, worker
read, decide = workbook.read_submission, worker.validate
def reads(path, megabytes):
    found = read(path, megabytes)
    if {reading!r} in str(found.tables): raise KeyError("planted")
    return found
def decides(files, *more):
    if any({deciding!r} in str(f.tables) for _, f in files): raise IndexError("planted")
    return decide(files, *more)
workbook.read_submission, worker.validate = reads, decides
raise SystemExit(worker.main())
"""


def failing(
    tmp_path: Path, reading: str = "no such word", deciding: str = "no such word"
) -> functools.partial[pool.Done]:
    path = tmp_path / f"worker-{reading}-{deciding}.py"
    path.write_text(textwrap.dedent(WORKER.format(reading=reading, deciding=deciding)))
    return functools.partial(pool.run, command=(sys.executable, str(path)))


def test_a_file_that_our_own_code_fails_on_is_told_so_and_costs_only_itself(
    home: Home, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home.drop(good(), "good.xlsx")
    home.drop(good(cause="breaks reading"), "a.xlsx")
    home.drop(good(cause="breaks deciding"), "b.xlsx")
    report = home.night(run=failing(tmp_path, "breaks reading", "breaks deciding"))
    assert (report.accepted, report.refused, report.our_faults) == (1, 2, 2)
    rows = {r["file_name"]: r for r in home.rows("intake__submissions")}
    assert [rows[n]["refused_by"] for n in ("a.xlsx", "b.xlsx")] == ["file.our_fault"] * 2
    assert "not your file's fault" in rows["a.xlsx"]["refused_because"]
    assert "Excel" not in rows["a.xlsx"]["refused_because"]
    (receipt,) = [r for r in home.receipts().values() if r["file"] == "a.xlsx"]
    assert receipt["what_happens_next"].startswith("You need not do anything")
    errors = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert len(errors) == 2 and any("KeyError: 'planted'" in e and "Traceback" in e for e in errors)


def test_the_file_is_read_again_by_the_code_that_mends_the_fault(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.drop(good(), "good.xlsx")
    home.drop(good(cause="breaks deciding"), "b.xlsx")
    home.night(run=failing(tmp_path, deciding="breaks deciding"))
    monkeypatch.setattr(batch, "code_version", lambda parts: "mended")
    report = home.night(NIGHT + timedelta(days=1))
    assert (report.accepted, report.our_faults) == (2, 0)
    assert {r["outcome"] for r in home.receipts().values()} == {"accepted"}


def test_a_fault_that_meets_every_file_stops_the_intake_and_refuses_nobody(
    home: Home, tmp_path: Path
) -> None:
    for n in range(3):
        home.drop(good(n + 1), f"{n}.xlsx")
    with pytest.raises(InterlaceError, match="every one of 3 files") as e:
        home.night(run=failing(tmp_path, deciding="in_progress"))
    assert "No sender was told anything" in str(e.value)
    assert not home.rows("intake__submissions") and not home.receipts()
    # a later night brings more: these are decided, and the three are tried again
    home.drop(good(4, status="delayed"), "other.xlsx", at=NIGHT + timedelta(hours=1))
    with pytest.raises(InterlaceError, match="every one of 3 files"):
        home.night(NIGHT + timedelta(days=1), run=failing(tmp_path, deciding="in_progress"))
    assert [r["file_name"] for r in home.rows("intake__submissions")] == ["other.xlsx"]
    assert home.night(NIGHT + timedelta(days=2)).accepted == 3


def test_a_file_that_comes_alone_does_not_hold_up_the_others_for_ever(home: Home, tmp_path: Path) -> None:
    home.drop(good(), "odd.xlsx")
    assert home.night(run=failing(tmp_path, deciding="in_progress")).our_faults == 1
    assert home.night(NIGHT + timedelta(days=1)).files == 0


def test_what_was_read_before_stands_where_new_code_fails_on_it(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.drop(good(), "good.xlsx")
    home.drop(good(cause="breaks deciding"), "b.xlsx")
    home.night()
    before = {room: home.files(room) for room in ("lake", "outbox")}
    monkeypatch.setattr(batch, "code_version", lambda parts: "worse")
    with pytest.raises(InterlaceError, match="1 files that were read before failed now"):
        home.night(NIGHT + timedelta(days=1), run=failing(tmp_path, deciding="breaks deciding"))
    assert {room: home.files(room) for room in ("lake", "outbox")} == before


def test_a_check_before_sending_ends_with_2_and_says_whose_fault_it_is(
    home: Home, tmp_path: Path, make_home: Callable[[str], Home]
) -> None:
    path = home.drop(good())
    checked = check_file(
        path, home.settings, home.policy, NIGHT, run=failing(tmp_path, deciding="in_progress")
    )
    assert (checked.code, checked.receipt["refused_by"]) == (2, "file.our_fault")
    assert b"not your file&#x27;s fault" in checked.page and b"Not yet counted" in checked.page


def test_a_batch_is_left_undecided_only_where_all_of_several_fail_or_something_would_be_lost() -> None:
    assert undecided({"a"}, {"a"}, ()) is None
    assert undecided({"a"}, {"a", "b"}, ()) is None
    assert undecided({"a"}, {"a", "b"}, {"b"}) is None
    assert undecided({"a", "b"}, {"a", "b"}, ()) is not None
    assert undecided({"a"}, {"a", "b"}, {"a"}) is not None
