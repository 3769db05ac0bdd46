"""The rows of many files put together, column by column, every distinct cell kept once.

Codes, days and statuses repeat: a column of 100,000 cells has a few hundred distinct ones. Each
column is an array of numbers into the list of its distinct raw cells, so that cells are read once.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from orchestration.contracts.model import Field, Table
from orchestration.intake.found import Note, RawTable
from orchestration.intake.reading import Read

Codes = np.ndarray[Any, np.dtype[np.int64]]


class RawColumn:
    """Raw cells of one column over many files."""

    def __init__(self) -> None:
        index: defaultdict[Any, int] = defaultdict()
        index.default_factory = index.__len__  # a cell not met before gets the next number
        self._index = index
        self._codes: list[Codes] = []

    def add(self, cells: tuple[Any, ...]) -> None:
        """Add cells in order."""
        if bool in set(map(type, cells)):  # True would be taken for the number 1
            cells = tuple(("TRUE" if c else "FALSE") if c is True or c is False else c for c in cells)
        self._codes.append(np.fromiter(map(self._index.__getitem__, cells), np.int64, len(cells)))

    def add_blank(self, count: int) -> None:
        """Add blank cells, for a file that lacks the column."""
        self._codes.append(np.full(count, self._index[""], np.int64))

    @property
    def raws(self) -> list[Any]:
        """Every distinct cell."""
        return list(self._index)

    @property
    def codes(self) -> Codes:
        """For each row the number of its cell in `raws`."""
        return np.concatenate(self._codes) if self._codes else np.empty(0, np.int64)


class Rows:
    """Rows of one contract table over many files: the file, the row number and the cells of each."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.sheets: dict[int, str] = {}  # by file; a file is here if it holds the table
        self.broken: list[tuple[int, Note]] = []
        self._raw = {f.name: RawColumn() for f in table.fields}
        self._files: list[Codes] = []
        self._numbers: list[Codes] = []
        self._count = 0

    def add(self, file: int, raw: RawTable) -> None:
        """Add what one file holds of the table."""
        count = len(raw.rows)
        self.sheets[file] = raw.sheet
        self.broken += [(self._count + n, note) for n, note in raw.broken.items()]
        for name, column in self._raw.items():
            if name in raw.columns:
                column.add(raw.columns[name])
            else:
                column.add_blank(count)
        self._files.append(np.full(count, file, np.int64))
        self._numbers.append(np.array(raw.rows, np.int64))
        self._count += count

    def __len__(self) -> int:
        return self._count

    @property
    def files(self) -> Codes:
        """For each row the number of its file."""
        return np.concatenate(self._files) if self._files else np.empty(0, np.int64)

    @property
    def numbers(self) -> Codes:
        """For each row its number in the sheet."""
        return np.concatenate(self._numbers) if self._numbers else np.empty(0, np.int64)

    def raw(self, name: str) -> RawColumn:
        """The raw cells of a column."""
        return self._raw[name]


class Column:
    """A column that was read: for each row the number of its cell in `reads` (and in `raws`)."""

    def __init__(self, field: Field, codes: Codes, raws: list[Any], reads: list[Read]) -> None:
        self.field, self.codes, self.raws, self.reads = field, codes, raws, reads

    def blank(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """For each row whether its cell is blank."""
        return np.array([r.value is None and not r.notes for r in self.reads], bool)[self.codes]

    def noted(self) -> Codes:
        """The rows on whose cell a rule fired."""
        return np.nonzero(np.array([bool(r.notes) for r in self.reads], bool)[self.codes])[0]

    def value_codes(self) -> Codes:
        """For each row a number that is equal where values are equal, however they were written."""
        index: dict[Any, int] = {}
        of_read = np.array([index.setdefault(r.value, len(index)) for r in self.reads], np.int64)
        return of_read[self.codes]
