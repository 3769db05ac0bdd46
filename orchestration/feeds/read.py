"""One archived file read through one feed: typed rows with their lineage, and what to say about the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from orchestration.archive import Arrival
from orchestration.errors import BadDataError
from orchestration.feeds.columns import FileColumns
from orchestration.feeds.grid import Grid, read_grids
from orchestration.feeds.header import Header, find_header
from orchestration.feeds.mapping import Feed
from orchestration.feeds.texts import Texts
from orchestration.feeds.turns import known_of, needs_of, turns_of
from orchestration.feeds.types import typed
from orchestration.lake import arrow_schema
from orchestration.policy import Policy

REASONS_SHOWN = 5
WIDE = Context(prec=60)  # sums of amounts, exact


@dataclass(frozen=True)
class FileRead:
    """What came of one file and one feed.

    Args:
        outcome: `loaded` or `refused`.
        message: for people: how it was read, what was rejected and why; or why it was refused.
        sheet: where the rows stand; blank for a text file or a refused one.
        header_row: number of the header row, from 1; None where refused.
        rows_read: filled rows below the header, without notes.
        rows_rejected: rows of the table not loaded, because a required cell is bad or the key stood before.
        notes_dropped: filled rows that are titles above the header or notes below the last row.
        rows: rows in the lake's schema.
    """

    outcome: str
    message: str
    sheet: str
    header_row: int | None
    rows_read: int
    rows_rejected: int
    notes_dropped: int
    rows: pa.Table


def read_file(path: Path, arrival: Arrival, feed: Feed, policy: Policy) -> FileRead:
    """Read the file of an arrival, standing at `path`; one that cannot be read is refused, never raised."""
    lake_table = f"feed__{feed.table.name}"
    try:
        grids = read_grids(path)
        header, missing = find_header(grids, needs_of(feed), known_of(feed))
    except BadDataError as e:
        return _refused(str(e), lake_table)
    if header is None:
        return _refused(
            f"{missing}. If a column was renamed, add its new name to feed {feed.name} in feeds.yaml",
            lake_table,
        )
    return _Reader(header, arrival, feed, policy).read()


def _refused(why: str, lake_table: str) -> FileRead:
    return FileRead("refused", why, "", None, 0, 0, 0, arrow_schema(lake_table).empty_table())


class _Reader:
    def __init__(self, header: Header, arrival: Arrival, feed: Feed, policy: Policy) -> None:
        self.header, self.arrival, self.feed, self.policy = header, arrival, feed, policy
        self.reasons: list[str] = []
        self.blanked: Counter[str] = Counter()
        self.blanked_example: dict[str, str] = {}
        self.restored: set[int] = set()
        self.rejected = 0
        self.left_out = 0

    def read(self) -> FileRead:
        grid, top = self.header.grid, self.header.row
        titles = sum(any(c.strip() for c in row) for row in grid.rows[:top])
        numbers = np.array(
            [n for n in range(top + 1, len(grid.rows)) if any(c.strip() for c in grid.rows[n])],
            dtype=np.int64,
        )
        numbers, notes = self._without_notes(grid, numbers)
        columns = FileColumns(
            self.header, [grid.rows[n] for n in numbers], self.arrival.name, self.feed.markers
        )
        turns, absent = turns_of(self.feed, self.header)
        tables = [
            self._table(columns.build(specs, turn), numbers) for specs in self.feed.columns for turn in turns
        ]
        rows = (
            pa.concat_tables(tables)
            if tables
            else arrow_schema(f"feed__{self.feed.table.name}").empty_table()
        )
        rows = self._without_repeats(rows)
        message = self._message(rows, titles, notes, absent)
        return FileRead(
            "loaded", message, grid.sheet, top + 1, len(numbers), self.rejected, titles + len(notes), rows
        )

    def _without_notes(self, grid: Grid, numbers: np.ndarray) -> tuple[np.ndarray, list[str]]:
        """Rows below the last one with a usable ID that have hardly a cell filled are notes, not data."""
        specs = self.feed.columns[0]
        ids = [
            n for n, s in specs.items() if self.feed.table.field(n).format == "org_id" and (s.names or s.join)
        ]
        if not ids or not len(numbers):
            return numbers, []
        width = sum(bool(c.strip()) for c in self.header.names)
        few = max(1, min(2, width // 2))
        end = len(numbers)
        while end and sum(bool(c.strip()) for c in grid.rows[numbers[end - 1]]) <= few:
            row = FileColumns(
                self.header, [grid.rows[numbers[end - 1]]], self.arrival.name, self.feed.markers
            )
            built = row.build(specs, turns_of(self.feed, self.header)[0][0], ids)
            if any(_usable(texts, self.feed, n, self.policy) for n, texts in built.items()):
                break
            end -= 1
        return numbers[:end], [" ".join(" ".join(grid.rows[n]).split()) for n in numbers[end:]]

    def _table(self, texts: dict[str, Texts], numbers: np.ndarray) -> pa.Table:
        """Typed rows of one turn of one variant."""
        n = len(numbers)
        keep = np.ones(n, dtype=bool)
        if self.feed.skip_blank:
            blank = np.ones(n, dtype=bool)
            for c in self.feed.skip_blank:
                t = texts[c]
                blank &= t.rows_where([v is None and not b for v, b in zip(t.values, t.bad, strict=True)])
            keep &= ~blank
            self.left_out += int(blank.sum())
        arrays: dict[str, pa.Array] = {}
        good = keep.copy()
        for field in self.feed.table.fields:
            if field.name not in texts:
                continue
            arrays[field.name], checked = typed(texts[field.name], field, self.policy)
            bad = checked.rows_where([bool(b) for b in checked.bad]) & keep
            blank = checked.rows_where([v is None for v in checked.values]) & keep
            if field.required:
                self._note_bad(checked, (bad | blank) & good, numbers)
                good &= ~(bad | blank)
            else:
                self._note_blanked(checked, bad, numbers)
            self.restored |= set(numbers[checked.rows_where(checked.restored) & keep].tolist())
        self.rejected += int((keep & ~good).sum())
        return self._with_lineage(arrays, numbers, good)

    def _with_lineage(self, arrays: dict[str, pa.Array], numbers: np.ndarray, good: np.ndarray) -> pa.Table:
        schema = arrow_schema(f"feed__{self.feed.table.name}")
        n, a = len(numbers), self.arrival
        lineage = {
            "source_file": pa.repeat(pa.scalar(a.path), n),
            "file_sha256": pa.repeat(pa.scalar(a.sha256), n),
            "received_at": pa.repeat(pa.scalar(a.received_at, pa.timestamp("us")), n),
            "source_sheet": pa.repeat(pa.scalar(self.header.grid.sheet), n),
            "source_row": pa.array(numbers + 1),
        }
        columns = {**lineage, **arrays}
        table = pa.table([columns.get(f.name, pa.nulls(n, f.type)) for f in schema], schema=schema)
        return table if good.all() else table.filter(pa.array(good))

    def _note_bad(self, texts: Texts, rows: np.ndarray, numbers: np.ndarray) -> None:
        for r in np.flatnonzero(rows)[: max(0, REASONS_SHOWN - len(self.reasons))]:
            code = texts.codes[r]
            what = texts.bad[code] or "is blank"
            self.reasons.append(f"row {numbers[r] + 1}, column {texts.where}: {texts.raw[code]!r} {what}")

    def _note_blanked(self, texts: Texts, rows: np.ndarray, numbers: np.ndarray) -> None:
        if rows.any():
            r = int(np.flatnonzero(rows)[0])
            self.blanked[texts.where] += int(rows.sum())
            self.blanked_example.setdefault(
                texts.where,
                f"row {numbers[r] + 1}: {texts.raw[texts.codes[r]]!r} {texts.bad[texts.codes[r]]}",
            )

    def _without_repeats(self, rows: pa.Table) -> pa.Table:
        """A key that stands twice in one file: the first is kept, the others are rejected."""
        key = list(self.feed.table.primary_key)
        frame = pd.DataFrame({k: _plain(rows[k]) for k in key})
        again = frame.duplicated().to_numpy()
        if not again.any():
            return rows
        self.rejected += int(again.sum())
        for r in np.flatnonzero(again)[: max(0, REASONS_SHOWN - len(self.reasons))]:
            values = ", ".join(f"{k} {rows[k][int(r)].as_py()}" for k in key)
            self.reasons.append(
                f"row {rows['source_row'][int(r)].as_py()}: {values} stood in an earlier row, which is kept"
            )
        return rows.filter(pa.array(~again))

    def _message(self, rows: pa.Table, titles: int, notes: list[str], absent: list[str]) -> str:
        grid = self.header.grid
        said = [f"header in row {self.header.row + 1}" + (f" of sheet {grid.sheet!r}" if grid.sheet else "")]
        if grid.note:
            said.append(grid.note)
        if titles:
            said.append(f"{titles} title rows above the header dropped")
        if notes:
            said.append(
                f"{len(notes)} notes below the rows dropped ({'; '.join(repr(n[:60]) for n in notes[:3])})"
            )
        if self.left_out:
            said.append(
                f"{self.left_out} rows left out because {' and '.join(self.feed.skip_blank)} is blank"
            )
        if self.restored:
            said.append(f"a leading zero put back in the ID of {len(self.restored)} rows")
        for column, count in self.blanked.items():
            said.append(
                f"{count} cells of column {column} could not be read and are blank "
                f"({self.blanked_example[column]})"
            )
        if absent:
            said.append(f"no columns for {', '.join(absent)}")
        if self.rejected:
            said.append(f"{self.rejected} rows rejected, the first: " + "; ".join(self.reasons))
        if self.feed.sums:
            said.append(_sums(rows, self.feed.sums))
        return ". ".join(s[0].upper() + s[1:] for s in said) + "."


def _usable(texts: Texts, feed: Feed, column: str, policy: Policy) -> bool:
    _, checked = typed(texts, feed.table.field(column), policy)
    return checked.values[0] is not None and not checked.bad[0]


def _plain(column: pa.ChunkedArray) -> np.ndarray:
    """A column's values as whole numbers, equal where the values are equal."""
    return column.combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)


def _sums(rows: pa.Table, columns: Sequence[str]) -> str:
    """Exact sums, and the difference between the first column's and the last's."""
    sums = {}
    for c in columns:
        total = Decimal(0)
        for value in rows[c].to_pylist():
            total = WIDE.add(total, value or Decimal(0))
        sums[c] = total
    first, last = columns[0], columns[-1]
    difference = WIDE.subtract(sums[first], sums[last])
    texts = [f"{c} {_digits(v)} over {rows.num_rows - rows[c].null_count} rows" for c, v in sums.items()]
    return f"sums: {', '.join(texts)}" + (
        f"; {first} less {last} is {_digits(difference)}" if first != last else ""
    )


def _digits(value: Decimal) -> str:
    text = format(value, ",f")
    return text.rstrip("0").rstrip(".") if "." in text and len(text.partition(".")[2]) > 2 else text
