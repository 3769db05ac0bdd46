"""The answer before sending: the same as a night's, and exit codes that a script can use."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from intake_home import (
    ARRIVED,
    LEA,
    OTHER_SCHOOL,
    SCHOOL,
    Home,
    cover,
    directory_rows,
    good,
    in_process,
    status,
)
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.errors import BadDataError, ConfigError
from orchestration.intake.check import NOBODY, WITHOUT_DIRECTORY, WITHOUT_SENDER, Checked, check_file, lines
from orchestration.intake.template import write_workbook

ROWS = [
    status(),
    status(action_code="1. 1. 1. 2"),
    status(action_code="1.1.1.3", completed_on="soon"),
    status("0999999", "1.1.1.4"),
]


def check(home: Home, path: Path, at: datetime = ARRIVED, **more: Any) -> Checked:
    return check_file(path, home.settings, home.policy, at, run=in_process, **more)


def test_with_a_directory_the_answer_is_the_nights(home: Home) -> None:
    path = home.drop({"cover": cover(), "action_status": ROWS})
    checked = check(home, path, known=directory_rows())
    home.night()
    (receipt,) = home.receipts().values()
    told = {k: v for k, v in checked.receipt.items() if k not in ("left_out", "what_happens_next")}
    assert told == {k: v for k, v in receipt.items() if k != "what_happens_next"}
    assert checked.code == 1 and WITHOUT_DIRECTORY not in checked.receipt["left_out"]


def test_without_a_directory_it_says_which_checks_were_left_out(home: Home) -> None:
    path = home.drop({"cover": cover(), "action_status": ROWS})
    checked = check(home, path)
    assert checked.receipt["lea_id"] == LEA and WITHOUT_DIRECTORY in checked.receipt["left_out"]
    assert [f["rule"] for f in checked.receipt["findings"]] == ["plan_code.normalised", "date.unreadable"]
    assert any("state's directory" in line for line in lines(checked))
    assert (
        "checked, not sent" in checked.page.decode()
        and "not sent and nothing was kept" in checked.page.decode()
    )


def test_authority_is_checked_where_a_directory_is_given(home: Home) -> None:
    path = home.drop({"cover": cover(), "action_status": [status(OTHER_SCHOOL)]})
    assert check(home, path).code == 0
    checked = check(home, path, known=directory_rows())
    assert (checked.code, checked.receipt["refused_by"]) == (1, "authority.other_organization")
    checked = check(home, path, known=directory_rows(), lea_id="0200000")
    assert (checked.code, checked.receipt["refused_by"]) == (1, "authority.wrong_lea")


@pytest.mark.parametrize("known", [None, directory_rows()])
def test_a_cover_that_names_nobody_is_what_is_told(home: Home, known: Any) -> None:
    path = home.drop({"action_status": [status()]})
    checked = check(home, path, known=known)
    assert (checked.code, checked.receipt["refused_by"]) == (1, "cover.missing")
    assert checked.receipt["lea_id"] == NOBODY
    assert (WITHOUT_SENDER in checked.receipt["left_out"]) is (known is not None)


def test_the_exit_codes(home: Home) -> None:
    assert check(home, home.drop(good())).code == 0
    assert check(home, home.drop({"cover": cover(), "action_status": [status(status="?")]})).code == 1
    assert check(home, home.drop({**good(), "cover": cover(period="2024-09")})).code == 1
    assert check(home, home.drop_bytes(b"%PDF", "a.pdf")).code == 2
    assert check(home, home.drop_bytes(b"", "empty.xlsx")).code == 2


def test_nothing_is_kept(home: Home) -> None:
    path = home.drop(good())
    check(home, path)
    assert not any((home.settings.home / room).exists() for room in ("archive", "lake", "outbox"))


def test_a_file_that_is_not_there_and_an_lea_that_is_none_are_told(home: Home, tmp_path: Path) -> None:
    with pytest.raises(BadDataError, match="no file"):
        check(home, tmp_path / "none.xlsx")
    with pytest.raises(ConfigError, match="is not the ID of an LEA"):
        check(home, home.drop(good()), lea_id=SCHOOL)


def test_a_line_for_the_terminal_cannot_steer_it(home: Home) -> None:
    path = home.drop({"cover": cover(), "action_status": [status(status="a\x1b[2Jb")]}, "report.zip")
    assert not any("\x1b" in line for line in lines(check(home, path)))


def test_the_command_needs_no_home_and_writes_the_page_where_asked(tmp_path: Path) -> None:
    from orchestration.demo.state import DEMO_STATE

    tables = {"cover": cover("01010000", "2024-01"), "action_status": [status("01010001")]}
    write_workbook(tmp_path / "r.xlsx", tables)
    out = tmp_path / "answer.html"
    command = ["check", str(tmp_path / "r.xlsx"), "--state", str(DEMO_STATE), "--html", str(out)]
    done = CliRunner().invoke(app, command)
    assert (done.exit_code, "r.xlsx: ACCEPTED: 2 of 2 rows would count." in done.output) == (0, True), (
        done.output
    )
    assert b"Accepted" in out.read_bytes()
    assert CliRunner().invoke(app, ["check", str(tmp_path / "no"), "--state", str(DEMO_STATE)]).exit_code == 2
