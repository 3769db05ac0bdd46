"""The value of a cell as its sender typed it, and its letter, from the archived file itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from orchestration import archive
from orchestration.errors import BadDataError
from orchestration.intake.batch import first_arrivals
from orchestration.intake.found import FileRead, UnreadableError
from orchestration.intake.rules import shown
from orchestration.intake.workbook import read_submission
from orchestration.settings import Settings
from orchestration.trace.cells import Cell


@dataclass(frozen=True)
class TypedCell:
    """A cell with what its file holds.

    Args:
        cell: the cell as it was read.
        file: the file's path as its sender knows it.
        address: its letter and row, as `F12`; blank where the file does not tell.
        typed: what stands in it; None where the file cannot be read (any more).
    """

    cell: Cell
    file: str
    address: str
    typed: str | None


def typed_cells(settings: Settings, cells: Iterable[Cell]) -> list[TypedCell]:
    """Look the cells of submissions up in the archived files; those of feeds stay as they were read."""
    first = first_arrivals(archive.arrivals(settings.archive, "submission"))
    by_source: dict[str, list[Cell]] = {}
    ordered = list(cells)
    for c in ordered:
        if c.kind != "feed":
            by_source.setdefault(c.source, []).append(c)
    found: dict[Cell, TypedCell] = {}
    with tempfile.TemporaryDirectory(prefix="interlace-trace-") as folder:
        for source, wanted in by_source.items():
            arrival = first.get(source)
            read = _read(settings, arrival, Path(folder)) if arrival else None
            for c in wanted:
                found[c] = _look_up(c, arrival.name if arrival else "", read)
    return [found.get(c) or TypedCell(c, c.source, "", None) for c in ordered]


def _read(settings: Settings, arrival: archive.Arrival, folder: Path) -> FileRead | None:
    try:
        path = archive.open_blob(settings.archive, arrival, folder)
        return read_submission(path, settings.file_megabytes)
    except (BadDataError, UnreadableError):
        return None  # the trace says that what was typed is not to be had


def _look_up(cell: Cell, file: str, read: FileRead | None) -> TypedCell:
    for table in read.tables if read else ():
        if table.table == cell.table and table.sheet == cell.sheet and cell.row in table.rows:
            letter = table.letters.get(cell.column)
            column = table.columns.get(cell.column)
            if column is None:
                return TypedCell(cell, file, "", "")  # the file has no such column
            typed = shown(column[table.rows.index(cell.row)])
            return TypedCell(cell, file, f"{letter}{cell.row}" if letter else "", typed)
    return TypedCell(cell, file, "", None)
