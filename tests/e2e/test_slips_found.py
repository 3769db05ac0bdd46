"""Every slip that a simulation plants is found or read right, and nothing else is complained of."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest

from orchestration import lake, storage
from orchestration.demo.simulate import simulate
from orchestration.demo.slips import KINDS
from orchestration.demo.state import DEMO_AS_OF, DEMO_PERIODS, DEMO_STATE, write_demo_state
from orchestration.feeds.load import load_feeds
from orchestration.intake.batch import take_in_submissions
from orchestration.policy import load_policy
from orchestration.settings import Settings

LEAS, SEED, SLIPS = 10, 5, 0.3
AS_OF = DEMO_AS_OF + timedelta(days=90)  # when the latest of the late files has come
# forms that the page on submissions allows: read right, and nothing to say
ALLOWED = {"date_as_text", "label_for_code"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Home:
    """What a home's intake found."""

    settings: Settings
    files: int

    def rows(self, table: str) -> list[Row]:
        return [
            row
            for path in lake.parts(self.settings.lake).get(table, [])
            for row in pq.read_table(str(path)).to_pylist()
        ]


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[[float], Home]:
    """Simulate the demonstration state's months with that share of slips, and take the files in."""

    def make(slips: float) -> Home:
        home = tmp_path_factory.mktemp("slips")
        settings = Settings.at(home, DEMO_STATE)
        policy = load_policy(settings.state)
        write_demo_state(home, leas=LEAS)
        load_feeds(settings, policy, AS_OF)
        simulate(settings, policy, DEMO_PERIODS, seed=SEED, slips=slips)
        report = take_in_submissions(settings, policy, AS_OF)
        assert report.refused == 0
        return Home(settings, report.files)

    return make


def _place(row: Row, file: str, sheet: str, number: str, title: str) -> tuple[Any, ...]:
    return row[file], row[sheet], row[number], row[title]


def _read_right(home: Home, slip: Row) -> bool:
    """Whether the lake holds, for the slip's row, the value that belongs there."""
    (row,) = [
        r
        for r in home.rows(f"submission__{slip['table']}")
        if (r["source_sheet"], r["source_row"], r["period"]) == (slip["sheet"], slip["row"], slip["period"])
        and r["submission_id"] in _submissions(home, slip["file"])
    ]
    return str(row[slip["column"]]) == str(slip["right"])


def _submissions(home: Home, file: str) -> set[str]:
    return {
        s["submission_id"]
        for s in home.rows("intake__submissions")
        if f"{s['lea_id']}/{s['file_name']}" == file
    }


def test_every_planted_slip_is_found_and_nothing_else_is(taken_in: Callable[[float], Home]) -> None:
    home = taken_in(SLIPS)
    slips: list[Row] = storage.read_json(home.settings.home / "simulation" / "slips.json")
    findings = home.rows("intake__findings")
    for finding in findings:
        finding["file"] = f"{finding['lea_id']}/{finding['file_name']}"
    told = {_place(f, "file", "source_sheet", "source_row", "column_name") for f in findings}
    planted, found, read = Counter[str](), Counter[str](), Counter[str]()
    missed = []
    for slip in slips:
        kind = slip["kind"]
        planted[kind] += 1
        if _place(slip, "file", "sheet", "row", "title") in told:
            found[kind] += 1
        elif kind in ALLOWED and _read_right(home, slip):
            read[kind] += 1
        else:
            missed.append(slip)
    places = {_place(s, "file", "sheet", "row", "title") for s in slips}
    others = [
        f for f in findings if _place(f, "file", "source_sheet", "source_row", "column_name") not in places
    ]
    # an action under another code leaves its status without an action, which is said there too
    coded = {(s["file"], s["right"]) for s in slips if s["kind"] == "action_coded_to_other_milestone"}
    follows = [f for f in others if f["rule_id"] == "reference.action" and (f["file"], f["value"]) in coded]
    false_alarms = [f for f in others if f not in follows]
    lines = [f"{home.files} files, {len(slips)} slips, {len(findings)} findings"]
    lines += [f"{k:34} planted {planted[k]:3}  found {found[k]:3}  read right {read[k]:3}" for k in KINDS]
    lines += [f"told again at the action's status: {len(follows)}; false alarms: {len(false_alarms)}"]
    sys.stdout.write("\n".join(["", *lines, ""]))  # shown by pytest -s or where the test fails
    assert home.files == len(storage.read_json(home.settings.home / "simulation" / "manifest.json"))
    assert not missed, missed[:5]
    assert not false_alarms, [f["message"] for f in false_alarms[:5]]
    assert set(planted) == set(KINDS), "a kind that was not planted shows nothing: choose another seed"


def test_a_clean_simulation_gives_no_finding_at_all(taken_in: Callable[[float], Home]) -> None:
    home = taken_in(0.0)
    assert home.files > 50
    assert [f["message"] for f in home.rows("intake__findings")] == []
