"""The marts equal an independent recomputation from the landing files, row by row and column by column."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from conftest import Built, build_marts
from planted import FULL_LEA, SILENT_LEA, WILLING_LEA
from recompute import Recomputed

from orchestration.feeds.load import load_feeds
from orchestration.intake.batch import take_in_submissions
from orchestration.policy import load_policy
from orchestration.settings import Settings

pytestmark = pytest.mark.e2e

PAST = datetime(2024, 1, 20)
NOW = datetime(2024, 10, 16, 5)  # the first instant after September's due day, in the state's time
TOLERANCE = 1e-12  # of rates, and of percents relative to their size
SHOWN = 5  # differing rows of a column that a failure shows

KEYS = {
    "dim_designation": ["org_id", "category", "reason", "valid_from_year"],
    "dim_strategy": ["org_id", "school_year", "strategy_code"],
    "fct_submission": ["submission_id"],
    "fct_action_status": ["org_id", "period", "action_code"],
    "fct_milestone_quarter": ["org_id", "quarter_id", "milestone_code"],
    "fct_strategy_semester": ["org_id", "semester_id", "strategy_code"],
    "rpt_implementation_by_practice": ["scope_level", "scope_id", "code_level", "code", "period"],
    "rpt_submission_completeness": ["lea_id", "period"],
}
# facts of a file that the recomputation does not read
NOT_RECOMPUTED = {
    "fct_submission": {
        "rows_rejected",  # of the files that stand it is compared in rpt_submission_completeness
        "refused_by",
        "refused_because",
        "rows_read",
        "rows_accepted",
        "file_sha256",
        "file_bytes",
        "template_version",
    }
}


def plain(value: Any) -> Any:
    """A value that compares across pandas, DuckDB and Python."""
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)) or value is pd.NA:
        return None
    if isinstance(value, datetime):  # pandas' own time is one too
        return value.date() if (value.hour, value.minute, value.second) == (0, 0, 0) else datetime(*value.timetuple()[:6])
    if isinstance(value, Decimal):
        return float(value)
    return value.item() if hasattr(value, "item") else value


def equal(ours: Any, mart: Any) -> bool:
    if isinstance(ours, float) and isinstance(mart, int | float):
        return math.isclose(ours, mart, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(ours == mart)


def differences(name: str, ours: pd.DataFrame, mart: pd.DataFrame) -> list[str]:
    """What differs, in lines for a person: columns, rows that only one side has, values with their keys."""
    key = KEYS[name]
    wanted = set(mart.columns) - NOT_RECOMPUTED.get(name, set())
    lines = [f"{name}: column {c} is not recomputed" for c in sorted(wanted - set(ours.columns))]
    sides = []
    for frame in (ours, mart):
        columns = [[plain(v) for v in frame[c]] for c in [*key, *(c for c in mart.columns if c in ours)]]
        names = [*key, *(c for c in mart.columns if c in ours)]
        rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
        by_key = {tuple(row[k] for k in key): row for row in rows}
        assert len(by_key) == len(rows), f"{name} holds a key twice"
        sides.append(by_key)
    mine, theirs = sides
    for text, extra in (("recomputed", mine.keys() - theirs.keys()), ("mart", theirs.keys() - mine.keys())):
        lines += [f"{name}: {len(extra)} rows only in the {text}, as {k}" for k in sorted(extra, key=str)[:SHOWN]]
    for column in [c for c in mart.columns if c in ours and c not in key]:
        wrong = [k for k in mine.keys() & theirs.keys() if not equal(mine[k][column], theirs[k][column])]
        lines += [
            f"{name}.{column}: {len(wrong)} rows differ; {dict(zip(key, k, strict=True))}: "
            f"recomputed {mine[k][column]!r}, mart {theirs[k][column]!r}"
            for k in sorted(wrong, key=str)[:SHOWN]
        ]
    return lines


def compare(name: str, recomputed: Recomputed, built: Built) -> None:
    ours, mart = recomputed.mart(name), built.mart(name)
    assert len(mart) > 0
    found = differences(name, ours, mart)
    assert not found, "\n" + "\n".join(found)
