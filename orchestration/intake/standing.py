"""Which of an LEA's files stand, and their rows.

The same rules as the warehouse's: of an LEA's files for one month the last received stands, table by
table, a table without one good row never supersedes, and a file that the state withdrew does not stand
from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from upath import UPath

from orchestration.decisions import Decision, in_force
from orchestration.school_year import school_year_of

HELD = ["lea_id", "period", "table_name", "submission_id", "received_at", "rows_read", "rows_accepted"]
Parts = Mapping[str, Sequence[UPath]]  # files by table of the lake


def read_parts(paths: Sequence[UPath], columns: Sequence[str], where: pc.Expression) -> pa.Table | None:
    """Those columns of the rows that fit, over several files; None where there is no file."""
    tables = []
    for path in paths:
        with path.open("rb") as f:
            tables.append(pq.read_table(f, columns=list(columns), filters=where))
    return pa.concat_tables(tables) if tables else None


def held(parts: Parts, where: pc.Expression) -> pd.DataFrame:
    """The tables that files hold (never refused ones: they say nothing of any table).

    Returns:
        `HELD`, and `part`: name of the file of the lake that says so. The rows of a submission lie in the
        file of that name of their own table.
    """
    found = []
    for path in parts.get("intake__tables", []):
        rows = read_parts([path], HELD, where)
        if rows is not None and rows.num_rows:
            found.append(rows.to_pandas().assign(part=path.name))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=[*HELD, "part"])


@dataclass(frozen=True)
class File:
    """One submission that was not refused.

    Args:
        part: name of the lake's files that hold its rows.
        new: whether it is being taken in, and so looked at.
        rows: by table that it holds: rows read and rows accepted.
    """

    submission_id: str
    lea_id: str
    period: str
    received_at: datetime
    part: str
    new: bool
    rows: dict[str, tuple[int, int]] = field(compare=False)

    def read(self, table: str) -> int:
        """Rows of the table that the file holds, good or not."""
        return self.rows.get(table, (0, 0))[0]

    def accepted(self, table: str) -> int:
        """Good rows of the table."""
        return self.rows.get(table, (0, 0))[1]


def files_of(tables: pd.DataFrame, new: frozenset[str]) -> list[File]:
    """The files that `held` told of, in order of receipt."""
    found: dict[str, File] = {}
    every: Iterable[Any] = tables.itertuples(index=False)
    for row in every:
        file = found.get(row.submission_id)
        if file is None:
            received_at = pd.Timestamp(row.received_at).to_pydatetime()
            is_new = row.submission_id in new
            file = File(row.submission_id, row.lea_id, row.period, received_at, row.part, is_new, {})
            found[row.submission_id] = file
        file.rows[row.table_name] = (int(row.rows_read), int(row.rows_accepted))
    return sorted(found.values(), key=lambda f: (f.received_at, f.submission_id))


class Timeline:
    """What stands of one LEA while its files come in one after the other.

    Args:
        first_month: first month of the state's school year.
        decisions: what the state withdrew and restored.
    """

    def __init__(self, first_month: int, decisions: Sequence[Decision] = ()) -> None:
        self._first_month = first_month
        self._decisions = list(decisions)
        self._stood: dict[str, dict[str, list[File]]] = {}  # by table and month, in order of receipt

    def earlier(self, table: str, file: File, *, same_month: bool) -> list[File]:
        """What stands of a table in the months of the file's school year before it, the latest first.

        Only the school year: with it plans, amounts and reports begin anew, in the warehouse too.

        Args:
            same_month: whether its own month counts as well.
        """
        year = school_year_of(file.period, self._first_month)
        gone = in_force(self._decisions, file.received_at) if self._decisions else {}
        stands = [
            [f for f in stood if f.submission_id not in gone]
            for period, stood in sorted(self._stood.get(table, {}).items(), reverse=True)
            if (period < file.period or (same_month and period == file.period))
            and school_year_of(period, self._first_month) == year
        ]
        return [files[-1] for files in stands if files]

    def add(self, file: File, table: str) -> None:
        """Let a file stand for its month: it holds the table with a good row."""
        self._stood.setdefault(table, {}).setdefault(file.period, []).append(file)


class StandingRows:
    """Rows of submissions, read where they lie.

    Args:
        parts: files of the lake by table.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._named = {table: {p.name: p for p in paths} for table, paths in parts.items()}

    def of(self, table: str, files: Iterable[File], columns: Sequence[str]) -> pd.DataFrame:
        """The rows of a table of those files: `submission_id` and the columns, amounts as floats."""
        wanted = {f.submission_id: f for f in files if f.accepted(table)}
        name = f"submission__{table}"
        asked = ["submission_id", *columns]
        if not wanted:
            return pd.DataFrame(columns=asked)
        named = self._named.get(name, {})
        paths = [named[part] for part in sorted({f.part for f in wanted.values()}) if part in named]
        where = pc.field("submission_id").isin(sorted(wanted))
        found = read_parts(paths, asked, where)
        if found is None or found.num_rows != sum(f.accepted(table) for f in wanted.values()):
            found = read_parts(self._parts.get(name, []), asked, where)  # they lie elsewhere
        if found is None:
            return pd.DataFrame(columns=asked)
        for n, column in enumerate(found.schema):
            if pa.types.is_decimal(column.type):
                found = found.set_column(n, column.name, pc.cast(found.column(n), pa.float64()))
        return found.to_pandas()
