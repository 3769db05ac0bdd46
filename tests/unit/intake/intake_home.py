"""A small state, a home of it, and builders of submissions: what the tests of intake stand on."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from orchestration import lake
from orchestration.intake.batch import IntakeReport, Runner, take_in_submissions
from orchestration.intake.pool import Done
from orchestration.intake.returning import give_back_missing
from orchestration.intake.template import write_csv_zip, write_workbook
from orchestration.intake.worker import Job, SetUp, do_chunk, read_context, read_directory
from orchestration.policy import Policy
from orchestration.settings import Settings
from orchestration.storage import read_json

LEA, SCHOOL, SECOND = "0100000", "0100001", "0100002"
OTHER_LEA, OTHER_SCHOOL = "0200000", "0200001"
ARRIVED = datetime(2024, 2, 5, 12, 0)
NIGHT = datetime(2024, 2, 6, 2, 0)

Tables = Mapping[str, Sequence[Mapping[str, Any]]]


def directory_rows() -> pd.DataFrame:
    rows = [
        (date(2023, 7, 1), LEA, "lea", LEA),
        (date(2023, 7, 1), SCHOOL, "school", LEA),
        (date(2023, 7, 1), SECOND, "school", LEA),
        (date(2023, 7, 1), OTHER_LEA, "lea", OTHER_LEA),
        (date(2023, 7, 1), OTHER_SCHOOL, "school", OTHER_LEA),
    ]
    frame = pd.DataFrame(rows, columns=["effective_on", "org_id", "org_level", "lea_id"])
    return frame.assign(org_name="x", status="open")


def cover(lea_id: Any = LEA, period: Any = "2024-01", **more: Any) -> list[dict[str, Any]]:
    return [{"lea_id": lea_id, "period": period, "template_version": "1", **more}]


def status(org_id: Any = SCHOOL, action_code: Any = "1.1.1.1", **more: Any) -> dict[str, Any]:
    return {"org_id": org_id, "action_code": action_code, "status": "in_progress", **more}


def good(n: int = 2, **more: Any) -> dict[str, list[dict[str, Any]]]:
    """Tables of an unremarkable submission with n statuses."""
    return {
        "cover": cover(),
        "action_status": [status(action_code=f"1.1.1.{k + 1}", **more) for k in range(n)],
    }


def in_process(jobs: Sequence[Job], set_up: SetUp, workers: int, progress: Any) -> Done:
    """Reads in this process: starting a worker takes longer than most tests."""
    done = Done()
    done.add(do_chunk(jobs, "0000", set_up, read_directory(set_up), read_context(set_up)))
    return done


@dataclass
class Home:
    """A home with a lake, a landing folder and a directory."""

    settings: Settings
    policy: Policy

    def drop(
        self, tables: Tables, name: str = "report.xlsx", folder: str = LEA, at: datetime = ARRIVED
    ) -> Path:
        path = self.settings.home / "landing" / folder / name
        (write_csv_zip if name.endswith(".zip") else write_workbook)(path, tables)
        return touch(path, at)

    def drop_bytes(self, data: bytes, name: str, folder: str = LEA, at: datetime = ARRIVED) -> Path:
        path = self.settings.home / "landing" / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return touch(path, at)

    def night(self, as_of: datetime = NIGHT, run: Runner = in_process, **knobs: Any) -> IntakeReport:
        settings = replace(self.settings, **knobs)
        try:
            return take_in_submissions(
                settings, self.policy, as_of, directory=lambda root, when: directory_rows(), run=run
            )
        finally:
            give_back_missing(settings)

    def rows(self, table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for path in lake.parts(self.settings.lake).get(table, []):
            found += pq.read_table(str(path)).to_pylist()
        return sorted(found, key=str)

    def submission(self) -> dict[str, Any]:
        (row,) = self.rows("intake__submissions")
        return row

    def findings(self, severity: str | None = None) -> list[dict[str, Any]]:
        return [f for f in self.rows("intake__findings") if severity in (None, f["severity"])]

    def receipts(self) -> dict[str, Any]:
        root = self.settings.home / "outbox"
        return {p.relative_to(root).as_posix(): read_json(p) for p in sorted(root.rglob("receipt-*.json"))}

    def files(self, room: str) -> dict[str, bytes]:
        root = self.settings.home / room
        return {
            p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()
        }


def touch(path: Path, at: datetime) -> Path:
    seconds = at.replace(tzinfo=UTC).timestamp()
    os.utime(path, (seconds, seconds))
    return path
