"""Rows of the lake's `intake__measure_values`: what `measure_values` reads of every good row of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, get_args

import numpy as np
import pyarrow as pa

from orchestration import lake
from orchestration.intake.measure_texts import units
from orchestration.intake.measure_values import TARGETS, Figure, read_level, read_measure
from orchestration.intake.rules import shown
from orchestration.intake.targets import Means
from orchestration.intake.verdict import FileVerdict, TableVerdict, Verdict

NAME = "intake__measure_values"
KEY = ("org_id", "parent_code", "measure_no")
FIGURES = {
    "part": "part",
    "kind": "kind",
    "value_low": "low",
    "value_high": "high",
    "comparator": "comparator",
    "starts_from": "starts_from",
    "is_percent": "is_percent",
    "is_fraction": "is_fraction",
    "is_ambiguous": "is_ambiguous",
    "marker": "marker",
}


def measure_value_rows(verdict: Verdict) -> pa.Table:
    """One row per submission, measure (and year of a result), written figure and part."""
    unit_of = units(verdict.tables)
    read: list[tuple[TableVerdict, int, str, Figure]] = []
    for name, figures in (("measures", _of_measure), ("measure_results", _of_result)):
        table = verdict.tables.get(name)
        if table is None:
            continue
        for row in np.nonzero(table.good)[0].tolist():
            means = _means(verdict.files[int(table.files[row])])
            cells = _cells(table, row)
            read += [(table, row, c, f) for c, f in figures(cells, unit_of(name, table, row), means)]
    return pa.Table.from_pydict(_columns(read, verdict.files), schema=lake.arrow_schema(NAME))


def _means(file: FileVerdict) -> Means | None:
    return next((m for m in get_args(Means) if m == file.percent_change_means), None)


def _cells(table: TableVerdict, row: int) -> Callable[[str], Any]:
    def cell(column: str) -> Any:
        read = table.columns[column]
        return read.reads[read.codes[row]].value

    return cell


def _of_measure(
    cell: Callable[[str], Any], unit: str | None, means: Means | None
) -> Iterable[tuple[str, Figure]]:
    targets = tuple(cell(column) for column in TARGETS)
    return read_measure(cell("baseline"), targets, unit, cell("direction"), means)


def _of_result(
    cell: Callable[[str], Any], unit: str | None, means: Means | None
) -> Iterable[tuple[str, Figure]]:
    return (("actual", figure) for figure in read_level(cell("actual"), unit, means))


def _columns(
    read: list[tuple[TableVerdict, int, str, Figure]], files: list[FileVerdict]
) -> dict[str, list[Any]]:
    of_file = [files[int(table.files[row])] for table, row, _, _ in read]
    cells = [_cells(table, row) for table, row, _, _ in read]
    columns: dict[str, list[Any]] = {
        "submission_id": [f.received.submission_id for f in of_file],
        "lea_id": [f.received.folder for f in of_file],
        "period": [f.period for f in of_file],
        "received_at": [f.received.received_at for f in of_file],
        "file_sha256": [f.received.sha256 for f in of_file],
        "source_sheet": [
            shown(table.rows.sheets.get(int(table.files[row]), "")) for table, row, _, _ in read
        ],
        "source_row": [int(table.numbers[row]) for table, row, _, _ in read],
        "school_year": [
            cell("school_year") if "school_year" in table.columns else None
            for (table, _, _, _), cell in zip(read, cells, strict=True)
        ],
        "figure": [column for _, _, column, _ in read],
    }
    columns |= {name: [cell(name) for cell in cells] for name in KEY}
    columns |= {name: [getattr(f, own) for _, _, _, f in read] for name, own in FIGURES.items()}
    return columns
