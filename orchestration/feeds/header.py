"""Finding the sheet and the row of the column names, compared without case, space or marks."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.feeds.grid import Grid

SEARCHED_ROWS = 60


def normal(text: str) -> str:
    """Header text with nothing but its letters and digits, in lower case: `CDS \\nCode` is `cdscode`."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


@dataclass(frozen=True)
class Need:
    """One thing a header must have: a column known by any of `names`, or one that fits `pattern`."""

    what: str
    names: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None

    def met_by(self, header: Sequence[str], index: dict[str, int]) -> bool:
        """Whether this header has it."""
        if self.pattern is not None:
            return any(self.pattern.fullmatch(" ".join(h.split())) for h in header)
        return any(normal(n) in index for n in self.names)

    def __str__(self) -> str:
        if self.pattern is not None:
            return f"{self.what} (a column named like {self.pattern.pattern})"
        return f"{self.what} ({' or '.join(self.names)})"


@dataclass(frozen=True)
class Header:
    """Where the column names stand.

    Args:
        grid: the sheet.
        row: index of the header row, from 0.
        index: normalised name -> column; of a name that stands twice, the first.
    """

    grid: Grid
    row: int
    index: dict[str, int]

    @property
    def names(self) -> list[str]:
        """The names as the file writes them."""
        return self.grid.rows[self.row]

    def column(self, names: Sequence[str]) -> int | None:
        """Column of the first of these names that the header has."""
        return next((self.index[normal(n)] for n in names if normal(n) in self.index), None)


def index_of(row: Sequence[str]) -> dict[str, int]:
    """Normalised header text -> its column; the first where one stands twice."""
    index: dict[str, int] = {}
    for column, text in enumerate(row):
        if key := normal(text):
            index.setdefault(key, column)
    return index


def find_header(
    grids: Sequence[Grid], needs: Sequence[Need], known: Sequence[str]
) -> tuple[Header | None, str]:
    """The header row, or None and what was looked for and the nearest found, in words.

    Of several sheets that have it, the one that knows most of the other columns too (`known`), then
    the one with most rows; the order of sheets decides nothing else.
    """
    found: list[tuple[tuple[int, int, int], Header]] = []
    nearest: tuple[int, int, int] | None = None
    for g, grid in enumerate(grids):
        for r, row in enumerate(grid.rows[:SEARCHED_ROWS]):
            index = index_of(row)
            met = sum(need.met_by(row, index) for need in needs)
            if met == len(needs):
                also = sum(normal(k) in index for k in known)
                found.append(((also, len(grid.rows), -g), Header(grid, r, index)))
                break
            if met and (nearest is None or met > nearest[0]):
                nearest = (met, g, r)
    if found:
        return max(found, key=lambda f: f[0])[1], ""
    return None, _not_found(grids, needs, nearest)


def _not_found(grids: Sequence[Grid], needs: Sequence[Need], nearest: tuple[int, int, int] | None) -> str:
    looked = "looked for one row with " + ", ".join(map(str, needs))
    looked += f" in the first {SEARCHED_ROWS} rows of {_places(grids)}"
    if nearest is None:
        first = next(
            (
                (g, r)
                for g in grids
                for r, row in enumerate(g.rows[:SEARCHED_ROWS])
                if any(c.strip() for c in row)
            ),
            None,
        )
        if first is None:
            return f"{looked}; the file has no filled cell there"
        grid, r = first
        said = f"no row has any of them; the first filled row is {_row(grid, r)}"
        return f"{looked}; {said}: {_cells(grid.rows[r])}"
    _, g, r = nearest
    row = grids[g].rows[r]
    index = index_of(row)
    missing = []
    for need in needs:
        if not need.met_by(row, index):
            names = [normal(n) for n in need.names] or [normal(need.pattern.pattern if need.pattern else "")]
            close = {m for n in names for m in difflib.get_close_matches(n, list(index), n=2, cutoff=0.5)}
            texts = sorted(repr(" ".join(row[index[m]].split())) for m in close)
            missing.append(
                f"{need.what}"
                + (f" (nearest there: {', '.join(texts)})" if texts else " (nothing like it there)")
            )
    has = f"which has {nearest[0]} of {len(needs)} and lacks {', '.join(missing)}"
    return f"{looked}; the nearest is {_row(grids[g], r)}, {has}"


def _places(grids: Sequence[Grid]) -> str:
    sheets = [g.sheet for g in grids if g.sheet]
    return "the sheets " + ", ".join(repr(s) for s in sheets) if sheets else "the file"


def _row(grid: Grid, row: int) -> str:
    return f"row {row + 1}" + (f" of sheet {grid.sheet!r}" if grid.sheet else "")


def _cells(row: Sequence[str]) -> str:
    filled = [" ".join(c.split())[:40] for c in row if c.strip()]
    return ", ".join(repr(c) for c in filled[:6]) + (" …" if len(filled) > 6 else "")
