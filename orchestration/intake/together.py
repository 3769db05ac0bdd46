"""What shows only when cells, rows or tables of a file are seen together: one call for all such checks.

They look at the rows of files that are not refused, all files at once. What they find is flagged: the
cells themselves could be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from orchestration.intake.columns import Codes, Column
from orchestration.intake.found import Note
from orchestration.intake.verdict import FileVerdict, TableVerdict

Mask = np.ndarray[Any, np.dtype[np.bool_]]


class Numbering:
    """Numbers for values, the same number for equal values of whatever column; -1 for none."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}

    def of(self, column: Column, take: Callable[[Any], Any] = lambda value: value) -> Codes:
        """For each row the number of what is taken of its value."""
        numbers = []
        for read in column.reads:
            value = None if read.value is None else take(read.value)
            numbers.append(-1 if value is None else self._numbers.setdefault(value, len(self._numbers)))
        return np.array(numbers, np.int64)[column.codes] if numbers else np.empty(0, np.int64)

    def __len__(self) -> int:
        return len(self._numbers)


def keys(files: Codes, *numbered: tuple[Codes, Numbering]) -> Codes:
    """One number for each row's file and values; call it once all columns are numbered."""
    combined = files
    for numbers, numbering in numbered:
        combined = combined * (len(numbering) + 1) + numbers + 1
    return combined


def by_row(column: Column, number: Callable[[Any], float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """For each row its value as a number; nan where it is blank."""
    read = [np.nan if r.value is None else number(r.value) for r in column.reads]
    return np.array(read, np.float64)[column.codes] if read else np.empty(0, np.float64)


def flag(
    table: TableVerdict,
    verdicts: list[FileVerdict],
    rows: Iterable[int],
    rule: str,
    name: str,
    words: Callable[[int], dict[str, Any]] = lambda row: {},
) -> None:
    """Note a rule on one column of those rows."""
    column = table.columns[name]
    for row in rows:
        file = int(table.files[row])
        place = (table.rows.table.name, table.rows.sheets[file], int(table.numbers[row]), column.field.title)
        raw = column.raws[column.codes[row]]
        verdicts[file].notes.append(Note(rule, *place, None if raw == "" else raw, words(int(row))))
