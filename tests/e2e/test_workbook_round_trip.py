"""A prefilled workbook sent back: unchanged it says again what stood, and a quiet month is a few cells."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from orchestration import lake
from orchestration.demo.simulate import simulate
from orchestration.demo.state import DEMO_STATE, write_demo_state
from orchestration.feeds.load import load_feeds
from orchestration.intake.batch import take_in_submissions
from orchestration.intake.prefill import Form, write_lea_workbook, write_workbooks
from orchestration.intake.template import FIRST_DATA_ROW, HEADER_ROW
from orchestration.intake.workbook import read_submission
from orchestration.policy import load_policy
from orchestration.settings import Settings

LAST = datetime(2024, 1, 20)  # when everything simulated has come in
SENT = datetime(2024, 3, 4, 15)
NIGHT = datetime(2024, 3, 5)
LINEAGE = set(lake.SUBMISSION_LINEAGE)
Row = dict[str, Any]


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home whose LEAs have reported for three months (copy it before you change it)."""
    settings = Settings.at(tmp_path_factory.mktemp("reported"), DEMO_STATE)
    policy = load_policy(settings.state)
    write_demo_state(settings.home, leas=3)
    load_feeds(settings, policy, datetime(2023, 9, 1))
    simulate(settings, policy, ["2023-10", "2023-11", "2023-12"], seed=5)
    take_in_submissions(settings, policy, datetime(2024, 3, 1))
    return settings


@pytest.fixture
def home(reported: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(reported.home, tmp_path / "home")
    return Settings.at(tmp_path / "home", DEMO_STATE)


ROW_BY_ROW = {"action_status": "action_code", "duties": "duty_code"}


def lake_rows(settings: Settings, table: str) -> list[Row]:
    """All rows of a lake table; of duties those that are done, for a workbook lists beside them what is owed."""
    rows = [r for p in lake.parts(settings.lake).get(table, []) for r in pq.read_table(str(p)).to_pylist()]
    return [r for r in rows if r["done_on"]] if table == "submission__duties" else rows


def typed(row: Row) -> tuple[Any, ...]:
    return tuple(sorted((k, v) for k, v in row.items() if k not in LINEAGE))


def stood(settings: Settings, lea_id: str, table: str, since: str = "") -> Counter[tuple[Any, ...]]:
    """What stands of a table, reckoned row by row: of each organization (action, duty) the last."""
    last: dict[Any, tuple[Any, ...]] = {}
    rows = [
        r
        for r in lake_rows(settings, f"submission__{table}")
        if r["lea_id"] == lea_id and r["period"] >= since
    ]
    who = [(r["org_id"], r[ROW_BY_ROW[table]] if table in ROW_BY_ROW else None) for r in rows]
    when = [(r["period"], r["received_at"], r["submission_id"]) for r in rows]
    for key, time in zip(who, when, strict=True):
        last[key] = max(last.get(key, ("",)), time)
    return Counter(typed(r) for r, key, time in zip(rows, who, when, strict=True) if last[key] == time)


def send(settings: Settings, lea_id: str, path: Path) -> Row:
    """Put a file into the LEA's landing folder, take it in, and give what was said of it."""
    dropped = settings.home / "landing" / lea_id / f"returned{path.suffix}"
    shutil.copy(path, dropped)
    os.utime(dropped, (SENT.replace(tzinfo=UTC).timestamp(),) * 2)
    before = {s["submission_id"] for s in lake_rows(settings, "intake__submissions")}
    take_in_submissions(settings, load_policy(settings.state), NIGHT)
    (new,) = [s for s in lake_rows(settings, "intake__submissions") if s["submission_id"] not in before]
    return new


def sent_rows(settings: Settings, submission: Row, table: str) -> Counter[tuple[Any, ...]]:
    rows = lake_rows(settings, f"submission__{table}")
    return Counter(typed(r) for r in rows if r["submission_id"] == submission["submission_id"])


def findings(settings: Settings, submission: Row) -> list[str]:
    rows = lake_rows(settings, "intake__findings")
    return [r["message"] for r in rows if r["submission_id"] == submission["submission_id"]]


def prefill(settings: Settings, lea_id: str, period: str, out: Path, form: Form = "xlsx") -> dict[str, Any]:
    policy = load_policy(settings.state)
    _, filled = write_lea_workbook(settings, policy, period, lea_id, NIGHT, form=form, out=out)
    return filled.tables


@pytest.mark.parametrize(
    ("form", "period", "since"),
    [("xlsx", "2024-01", "2024-01"), ("zip", "2024-01", "2024-01"), ("xlsx", "2023-12", "2023-10")],
)
def test_a_prefilled_file_sent_back_unchanged_is_accepted_without_findings_and_says_what_stood(
    home: Settings, tmp_path: Path, form: Form, period: str, since: str
):
    lea_id, path = "01010000", tmp_path / f"w.{form}"
    tables = prefill(home, lea_id, period, path, form)
    quarterly = {"milestone_reports", "strategy_reports"}
    assert (quarterly <= set(tables)) == (period == "2023-12")
    expected = {t: stood(home, lea_id, t, since if t in quarterly else "") for t in tables if t != "cover"}
    assert sum(expected["action_status"].values()) > 100
    submission = send(home, lea_id, path)
    assert findings(home, submission) == []
    assert submission["outcome"] == "accepted"
    assert submission["period"] == period
    for table, rows in expected.items():
        assert sent_rows(home, submission, table) == rows, table


def test_three_statuses_changed_in_a_spreadsheet_program_are_all_that_differs(home: Settings, tmp_path: Path):
    lea_id, path = "01010000", tmp_path / "w.xlsx"
    tables = prefill(home, lea_id, "2024-01", path)
    before = {t: stood(home, lea_id, t) for t in tables if t != "cover"}
    book = openpyxl.load_workbook(path)
    sheet = book["Action status"]
    header = [c.value for c in sheet[HEADER_ROW]]
    status, percent, day = (header.index(h) + 1 for h in ("Status *", "Percent complete", "Completed on"))
    changed = []
    for row in range(FIRST_DATA_ROW, sheet.max_row + 1):
        if sheet.cell(row, status).value in ("not_started", "in_progress") and len(changed) < 3:
            assert not sheet.cell(row, status).protection.locked
            sheet.cell(row, status).value = "completed"
            sheet.cell(row, percent).value = 100
            sheet.cell(row, day).value = date(2024, 1, 30)
            changed.append((sheet.cell(row, 1).value, sheet.cell(row, header.index("Action *") + 1).value))
    book.save(path)
    submission = send(home, lea_id, path)
    assert submission["outcome"] == "accepted"
    for table, rows in before.items():
        if table != "action_status":
            assert sent_rows(home, submission, table) == rows, table
    after = sent_rows(home, submission, "action_status")
    new = [dict(r) for r in after - before["action_status"]]
    assert sorted((r["org_id"], r["action_code"]) for r in new) == sorted(changed)
    assert {(r["status"], r["completed_on"]) for r in new} == {("completed", date(2024, 1, 30))}
    assert sum((before["action_status"] - after).values()) == 3


def test_every_lea_that_owes_a_report_gets_its_workbook_and_no_other(home: Settings):
    written = write_workbooks(home, load_policy(home.state), "2024-01", NIGHT)
    found = {p.parts[-3] for p in (home.home / "outbox").rglob("workbook-2024-01.xlsx")}
    assert set(written) == found == {p.name for p in (home.home / "landing").iterdir()}
    again = {p: p.read_bytes() for p in (home.home / "outbox").rglob("workbook-*.xlsx")}
    write_workbooks(home, load_policy(home.state), "2024-01", NIGHT)
    assert all(p.read_bytes() == data for p, data in again.items())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_a_spreadsheet_program_opens_and_saves_it_and_nothing_is_lost(home: Settings, tmp_path: Path):
    lea_id, path = "01010000", tmp_path / "w.xlsx"
    tables = prefill(home, lea_id, "2023-12", path)
    before = read_submission(path, 50)
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "saved"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    after = read_submission(tmp_path / "saved" / "w.xlsx", 50)
    assert [t.table for t in after.tables] == list(tables)
    assert after.notes == before.notes == []
    assert [t.columns for t in after.tables] == [t.columns for t in before.tables]
