"""A finding against what stands: whose file, and what is to be said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from orchestration.contracts.model import submission_tables
from orchestration.intake.found import Note
from orchestration.intake.standing import File

PLACE = ("source_sheet", "source_row")  # where a row of the lake stood in its file


@dataclass(frozen=True)
class Finding:
    """A note on a row of a file."""

    file: File
    note: Note


def finding(
    file: File, table: str, column: str, row: Any, rule: str, value: Any, words: dict[str, Any]
) -> Finding:
    """A finding on a cell of a row that was read from the lake (a named tuple with `PLACE`)."""
    title = submission_tables()[table].field(column).title
    note = Note(rule, table, row.source_sheet, int(row.source_row), title, plain(value), words)
    return Finding(file, note)


def plain(value: Any) -> str:
    """A value as people write it: 42000, 1200.50, 1.1."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.2f}"
    return str(value)


def blank(values: pd.Series) -> pd.Series:
    """Where nothing is written."""
    return values.isna() | (values.fillna("").astype(str).str.strip() == "")
