"""What a simulation seldom or never brings, written into a home's landing folder beside what it does.

Each planted file stands for one sentence of the definitions that two readers could read differently.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from planted_plans import (
    actions_alone,
    no_1003_evidence,
    poor_plan,
    two_respondents_here_and_there,
    two_respondents_in_all,
)

from orchestration.demo.leas import reporting_leas
from orchestration.demo.simulate import simulate_from
from orchestration.demo.state import RECEIVED, write_demo_state
from orchestration.demo.submissions import Submission, lea_submissions
from orchestration.demo.world import World
from orchestration.intake.template import render_csv_zip, render_workbook
from orchestration.policy import Policy
from orchestration.school_year import period_range
from orchestration.settings import Settings

# two school years end and begin in it; September 2024 was sent by nobody
PERIODS = (*period_range("2023-04", "2023-05"), *period_range("2023-08", "2024-05"), "2024-08")
LEAS = 7
SEED = 11
SLIPS = 0.7  # of the organization-months of the LEAs that slip
SILENT_LEA = "02020000"  # its schools are designated, and it sends nothing that can be accepted
WILLING_LEA = "03010000"  # nobody in it is designated by the lists, and it reports
FULL_LEA, OTHER_LEA, THIRD_LEA = "01010000", "02010000", "01020000"
SLIPPING_LEAS = ("03020000", "01030000")
STRANGER = "99999999"  # designated, and in no directory

EXAMPLES = Path(__file__).parents[2] / "examples"

Rows = list[dict[str, Any]]
Tables = dict[str, Rows]


def write_feeds(home: Path) -> dict[str, pd.DataFrame]:
    """The demonstration state's feeds with changed lists; the designations that the simulation goes by."""
    write_demo_state(home, leas=LEAS)
    feeds = home / "feeds"
    # a real state's own duties in place of the invented ones
    _write_feed(feeds / "state_duties.csv", _read(EXAMPLES / "mississippi" / "state_duties.csv"), RECEIVED)
    lists = {y: _read(feeds / f"designations_{y}.csv") for y in ("2022-23", "2023-24")}
    simulated = {y: pd.DataFrame(rows) for y, rows in lists.items()}
    for rows in lists.values():
        for row in rows:
            if row["org_id"][:4] == WILLING_LEA[:4]:
                row.update(category="none", reason="", official_status="No Status", subgroups="")
    newest = lists["2023-24"]
    named = [r for r in newest if r["category"] != "none"]
    # restated: what this list says of a year with its own list does not count; of years without, it does
    for n, row in enumerate(named[:6]):
        restated = {**row, "is_title1": "", "subgroups": "", "enrollment": ""}
        newest.append({**restated, "school_year": "2022-23", "category": "none", "reason": ""})
        newest.append({**restated, "school_year": "2021-22"})
        if n % 2:
            newest.append({**restated, "school_year": "2019-20"})
    newest.append({**named[0], "org_id": STRANGER})
    for year, rows in lists.items():
        _write_feed(feeds / f"designations_{year}.csv", rows, RECEIVED)
    better, worse = dict(named[1]), dict(next(r for r in newest if r["category"] == "none"))
    better.update(category="none", reason="", official_status="No Status", subgroups="")
    worse.update(category="CSI", reason="low_performance", official_status="CSI Low Performance")
    _write_feed(feeds / "designations_2023-24_revised.csv", [better, worse], datetime(2024, 3, 1, tzinfo=UTC))
    return {**simulated, "2024-25": simulated["2023-24"]}


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def _write_feed(path: Path, rows: Rows, received_at: datetime) -> None:
    with path.open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    os.utime(path, (received_at.timestamp(), received_at.timestamp()))


def write_submissions(settings: Settings, policy: Policy, simulated: dict[str, pd.DataFrame]) -> None:
    """What the LEAs send, and the planted files."""
    directories = sorted((settings.home / "feeds").glob("directory_*.csv"))
    organizations = pd.concat([pd.read_csv(p, dtype=str) for p in directories], ignore_index=True)
    designations = _of(simulated, [lea for lea in _leas(organizations) if lea != SILENT_LEA])
    slipping = _of(designations, SLIPPING_LEAS)
    careful = _of(designations, [lea for lea in _leas(organizations) if lea not in SLIPPING_LEAS])
    simulate_from(organizations, careful, settings, policy, PERIODS, seed=SEED)
    simulate_from(organizations, slipping, settings, policy, PERIODS, seed=SEED, slips=SLIPS)
    world = World.of(policy, SEED, PERIODS)
    sent: dict[tuple[str, str], Submission] = {}
    for lea in reporting_leas(organizations, designations):
        for submission in lea_submissions(world, lea):
            sent[(submission.lea_id, submission.period)] = submission  # the last of a month
    _Planter(Path(str(settings.landing)), ZoneInfo(policy.time_zone), sent).plant()


def _leas(organizations: pd.DataFrame) -> list[str]:
    return sorted(set(organizations["lea_id"]))


def _of(designations: dict[str, pd.DataFrame], leas: Sequence[str]) -> dict[str, pd.DataFrame]:
    """The designations of the schools of those LEAs."""
    return {y: f[(f["org_id"].str[:4] + "0000").isin(leas)] for y, f in designations.items()}


@dataclass
class _Planter:
    landing: Path
    zone: ZoneInfo
    sent: dict[tuple[str, str], Submission]

    def plant(self) -> None:
        self._plan_changes_in_a_correction()
        self._tables_sent_again_alone()
        self._refused()
        self._hours()
        self._silent_and_early()
        self._poor_plans()

    def _copy(self, lea_id: str, period: str) -> tuple[Tables, datetime]:
        s = self.sent[(lea_id, period)]
        return {t: [dict(r) for r in rows] for t, rows in s.tables.items()}, s.received_at

    def _write(self, name: str, tables: Tables, received_at: datetime, lea_id: str | None = None) -> None:
        """Write a file into the folder of the LEA that its cover names; a workbook or a zip by its name."""
        path = self.landing / (lea_id or tables["cover"][0]["lea_id"]) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(render_workbook(tables) if path.suffix == ".xlsx" else render_csv_zip(tables))
        seconds = received_at.replace(tzinfo=UTC).timestamp()
        os.utime(path, (seconds, seconds))

    def _change(
        self, lea_id: str, period: str, name: str, change: Callable[[Tables, list[str]], None]
    ) -> None:
        tables, received_at = self._copy(lea_id, period)
        change(tables, [r["org_id"] for r in tables["organizations"]])
        self._write(name, tables, received_at + timedelta(days=5, hours=1))

    def _plan_changes_in_a_correction(self) -> None:
        def change(tables: Tables, orgs: list[str]) -> None:
            first, second = orgs[0], orgs[1]
            own = [r for r in tables["strategies"] if r["org_id"] == first]
            own[0]["practice_codes"] = "4C, 1A, 4C"
            dropped = own[1]["strategy_code"]
            for table, column in (
                ("strategies", "strategy_code"),
                ("milestones", "milestone_code"),
                ("actions", "action_code"),
                ("action_status", "action_code"),
                ("milestone_reports", "milestone_code"),
                ("strategy_reports", "strategy_code"),
            ):
                tables[table] = [
                    r
                    for r in tables.get(table, [])
                    if r["org_id"] != first or ".".join(r[column].split(".")[:2]) != dropped
                ]
            action = next(r for r in tables["actions"] if r["org_id"] == first)
            milestone = next(r for r in tables["milestones"] if r["org_id"] == first)
            code = own[0]["strategy_code"]
            tables["strategies"].append({**own[0], "strategy_code": "7.1"})  # of which there is no milestone
            for extra, due_on in ((f"{code}.90", date(2024, 2, 1)), (f"{code}.92", None)):
                tables["milestones"].append({**milestone, "milestone_code": extra, "due_on": due_on})
            for extra in (f"{code}.91.1", f"{code}.92.1", "8.1.1.1"):  # no milestone row; no strategy row
                tables["actions"].append({**action, "action_code": extra, "due_on": date(2024, 2, 29)})
            statuses = tables["action_status"]
            statuses += [
                {"org_id": first, "action_code": f"{code}.91.1", "status": "completed"},  # nobody says when
                {"org_id": first, "action_code": "8.1.1.1", "status": "delayed"},
                {"org_id": first, "action_code": "9.9.9.9", "status": "completed"},  # not in the plan
            ]
            tables["milestones"] = [r for r in tables["milestones"] if r["org_id"] != second]
            tables["strategies"] = [r for r in tables["strategies"] if r["org_id"] != second]

        self._change(FULL_LEA, "2024-02", "changed.xlsx", change)
        self._change(FULL_LEA, "2024-05", "changed-in-may.xlsx", change)

    def _tables_sent_again_alone(self) -> None:
        def some_statuses(tables: Tables, orgs: list[str]) -> None:
            own = [r for r in tables["action_status"] if r["org_id"] == orgs[0]]
            self._keep(tables, action_status=own[::2])

        def plan_of_one(tables: Tables, orgs: list[str]) -> None:
            own = [r for r in tables["actions"] if r["org_id"] == orgs[0]]
            self._keep(tables, actions=[{**r, "due_on": r["due_on"] + timedelta(days=40)} for r in own])

        def no_statuses(tables: Tables, orgs: list[str]) -> None:
            self._keep(tables, action_status=[])

        self._change(OTHER_LEA, "2024-03", "statuses-of-one.zip", some_statuses)
        self._change(OTHER_LEA, "2023-11", "actions-of-one.zip", plan_of_one)
        self._change(THIRD_LEA, "2023-12", "header-alone.zip", no_statuses)
        self._change(THIRD_LEA, "2024-02", "sheet-without-rows.xlsx", no_statuses)

    @staticmethod
    def _keep(tables: Tables, **kept: Rows) -> None:
        cover = tables["cover"]
        tables.clear()
        tables |= {"cover": cover, **kept}

    def _refused(self) -> None:
        tables, _ = self._copy(OTHER_LEA, "2023-10")
        tables["cover"] = [{**tables["cover"][0], "lea_id": SILENT_LEA}]
        for period, received_at in (
            ("2023-10", datetime(2023, 11, 3, 15)),
            ("2024-10", datetime(2024, 10, 14, 15)),
        ):
            tables["cover"][0]["period"] = period
            self._write(f"{period}-of-others.zip", tables, received_at)
        tables, received_at = self._copy(OTHER_LEA, "2024-04")
        stranger = {**tables["action_status"][0], "org_id": THIRD_LEA}
        tables["action_status"].append(stranger)
        self._write("with-a-neighbour.xlsx", tables, received_at + timedelta(days=1))
        broken = self.landing / FULL_LEA / "broken.zip"
        broken.write_bytes(b"PK\x03\x04 and no more")
        os.utime(broken, (1_705_000_000, 1_705_000_000))

    def _hours(self) -> None:
        """The last second of a due day, the first after it; the same instant, and the same bytes, twice."""
        midnight = datetime(2023, 11, 16, tzinfo=self.zone).timestamp()
        for lea_id, seconds in ((FULL_LEA, midnight - 1), (OTHER_LEA, midnight)):
            for path in (self.landing / lea_id).glob("2023-10-improvement-report.*"):
                os.utime(path, (seconds, seconds))
        for number in (1, 2):
            tables, received_at = self._copy(THIRD_LEA, "2023-10")
            for row in tables["actions"]:
                row["due_on"] += timedelta(days=10 * number)
            self._write(f"same-instant-{number}.zip", tables, received_at + timedelta(days=9))
        for path in sorted((self.landing / FULL_LEA).glob("2023-09-improvement-report.*")):
            again = path.with_name(f"again-{path.name}")
            again.write_bytes(path.read_bytes())
            os.utime(again, (path.stat().st_mtime + 9_000_000,) * 2)

    def _silent_and_early(self) -> None:
        def first_is_silent(tables: Tables, orgs: list[str]) -> None:
            tables["action_status"] = [r for r in tables["action_status"] if r["org_id"] != orgs[0]]

        first: dict[bool, str] = {}
        for lea_id, period in sorted(self.sent):
            if lea_id == WILLING_LEA:
                first.setdefault(period >= "2023-07", period)
        for period in first.values():  # its first month of each school year, by which it owes nothing yet
            self._change(WILLING_LEA, period, f"{period}-silent.xlsx", first_is_silent)
        tables, _ = self._copy(FULL_LEA, "2024-05")
        first_is_silent(tables, [tables["organizations"][1]["org_id"]])
        for period, received_at in (
            ("2024-06", datetime(2024, 7, 10, 15)),  # no reporting month
            ("2024-10", datetime(2024, 10, 10, 15)),  # a month that has begun and is not due
        ):
            tables["cover"][0]["period"] = period
            self._write(f"{period}.xlsx", tables, received_at)

    def _poor_plans(self) -> None:
        self._change(THIRD_LEA, "2024-05", "poor-plan.xlsx", poor_plan)
        self._change(THIRD_LEA, "2024-08", "actions-alone.zip", actions_alone)
        self._change(OTHER_LEA, "2024-08", "no-evidence.zip", no_1003_evidence)
        for lea_id, period, change in (
            ("01030000", "2024-05", two_respondents_here_and_there),
            ("03020000", "2023-05", two_respondents_here_and_there),
            ("03010000", "2024-05", two_respondents_in_all),
        ):
            self._change(lea_id, period, f"{period}-few-respondents.zip", change)
