"""A tiny candidate and suites that pass it; each test breaks one thing."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.gate.run import run_gate
from orchestration.gate.stood import Stood
from orchestration.gate.verdict import GateVerdict

AS_OF = datetime(2024, 6, 15)
SUITES: dict[str, dict[str, Any]] = {
    "dim_school": {
        "mart": "dim_school",
        "expectations": [
            {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "org_id"}, "notes": "the key"},
            {
                "type": "expect_column_values_to_not_be_null",
                "kwargs": {"column": "org_id"},
                "notes": "the key",
            },
        ],
    },
    "rpt_rate": {
        "mart": "rpt_rate",
        "expectations": [
            {
                "type": "expect_column_values_to_be_between",
                "kwargs": {"column": "rate", "min_value": 0, "max_value": 1},
                "notes": "a part of a whole",
            },
            {
                "type": "unexpected_rows_expectation",
                "kwargs": {
                    "unexpected_rows_query": "select org_id from {batch} where numerator > denominator",
                    "description": "numerators are at most their denominators",
                },
                "notes": "completed actions are among the planned",
            },
            {
                "type": "unexpected_rows_expectation",
                "kwargs": {
                    "unexpected_rows_query": "select org_id from {batch} "
                    "where org_id not in (select org_id from marts.dim_school)",
                    "description": "every school is in the directory",
                },
                "notes": "else its rows vanish from every join",
            },
        ],
    },
}


def make_candidate(file: Path, *statements: str) -> Path:
    """A candidate of two marts; the statements then change it."""
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as c:
        c.execute("create schema marts")
        c.execute("create schema lake")
        c.execute(
            "create table lake.run as select timestamp '2024-06-15' as as_of, 'v1' as code_version, "
            "'p1' as policy_sha256, 'a1' as archive_sha256, 'Demo' as state"
        )
        c.execute(
            "create table marts.dim_school as "
            "select lpad(i::varchar, 4, '0') as org_id, 'School ' || i as name from range(20) t(i)"
        )
        c.execute(
            "create table marts.rpt_rate as "
            "select lpad(i::varchar, 4, '0') as org_id, i::bigint as numerator, "
            "20::bigint as denominator, (i / 20)::decimal(9, 4) as rate from range(20) t(i)"
        )
        for statement in statements:
            c.execute(statement)
    return file


def write_suites(folder: Path, suites: dict[str, Any]) -> Path:
    """The suites as files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, suite in suites.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(suite))
    return folder


@dataclass
class Bench:
    """A place to run a gate in."""

    root: Path

    @property
    def candidate(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def suites(self) -> Path:
        return self.root / "expectations"

    @property
    def record(self) -> Path:
        return self.root / "gate.json"

    @property
    def docs(self) -> Path:
        return self.root / "data_docs"

    def run(self, expected: list[str] | None = None, stood: Stood | None = None) -> GateVerdict:
        return run_gate(self.candidate, self.suites, expected, self.record, self.docs, stood=stood)


@pytest.fixture
def bench(tmp_path: Path) -> Callable[..., Bench]:
    """Makes a bench whose gate passes, but for the statements and suites given."""

    def make(*statements: str, suites: dict[str, Any] | None = None) -> Bench:
        made = Bench(tmp_path)
        make_candidate(made.candidate, *statements)
        write_suites(made.suites, SUITES if suites is None else suites)
        return made

    return make


@pytest.fixture
def suites() -> dict[str, Any]:
    """Suites that the tiny candidate passes, to be changed by a test."""
    return copy.deepcopy(SUITES)
