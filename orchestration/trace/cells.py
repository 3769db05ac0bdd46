"""From what is asked of the lake to cells: file, sheet, row, column, value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb

from orchestration.content import literal, quoted
from orchestration.contracts.model import Table, feed_tables, submission_tables
from orchestration.lake import FEED_LINEAGE, SUBMISSION_LINEAGE
from orchestration.trace.asked import Asked
from orchestration.trace.walk import condition_sql

SUBMISSION, FEED, VALUES = "lake.submission__", "lake.feed__", "lake.intake__measure_values"
FINDINGS = "lake.intake__findings"
KINDS = ("submission", "put aside", "feed")
MEASURE = ("org_id", "parent_code", "measure_no")  # what the numbers read in a measure's texts are known by


@dataclass(frozen=True, order=True)
class Cell:
    """A cell that the figure comes from.

    Args:
        kind: `submission`, `feed`, or `put aside` (a cell for which intake rejected its row: set right, it counts).
        source: the submission's ID, or the feed file's path.
        lea_id: the LEA that sent it; blank for a feed.
        period: the reporting period; blank for a feed.
        received_at: when it was received (UTC), as text.
        table: the contract table.
        sheet: the sheet or CSV; blank for a feed's text file.
        row: row number in it, as its sender sees it.
        column: the table's column.
        value: the value as it was read; blank where the cell is empty.
        names: the identities that name the row, as `org_id=…, action_code=…`.
    """

    kind: str
    source: str
    lea_id: str
    period: str
    received_at: str
    table: str
    sheet: str
    row: int
    column: str
    value: str
    names: str


def cells_of(
    connection: duckdb.DuckDBPyConnection, asked: Mapping[str, list[Asked]]
) -> tuple[list[Cell], dict[str, int]]:
    """The cells that matter, and by table how many further rows count by being there alone.

    Conditions hold only where a column is the row's identity or says where it came from: any other cell may
    be changed into what is asked for.
    """
    by_table: dict[str, list[Asked]] = {}
    for relation, several in asked.items():
        for a in several:
            for b in _of_texts(a) if relation == VALUES else [a]:
                by_table.setdefault(b.relation, []).append(b)
    cells: set[Cell] = set()
    present: dict[str, int] = {}
    for relation, several in sorted(by_table.items()):
        table = _table(relation)
        if table is None:
            continue
        fixed = _fixed(relation, table)
        seen: set[tuple[str, ...]] = set()
        for a in several:
            where = condition_sql({c: v for c, v in a.where.items() if c in fixed})
            wanted = sorted(a.columns - fixed)
            if wanted:
                cells.update(_cells(connection, relation, table, wanted, where))
            else:
                seen.add((where,))
        if seen:
            either = " or ".join(f"({w})" for (w,) in sorted(seen))
            found = connection.execute(f"select count(*) from {relation} where {either}").fetchone()
            present[table.name] = int(found[0]) if found else 0
    cells |= set(_put_aside(connection, cells, by_table, FINDINGS in asked))
    return sorted(cells, key=_order), present


def _order(cell: Cell) -> tuple[int, str, Cell]:
    """Submissions before feeds, the latest period first."""
    late_first = "".join(chr(0x10FFFF - ord(c)) for c in cell.period)
    return KINDS.index(cell.kind), late_first, cell


def _table(relation: str) -> Table | None:
    if relation.startswith(SUBMISSION):
        return submission_tables()[relation.removeprefix(SUBMISSION)]
    return feed_tables().get(relation.removeprefix(FEED)) if relation.startswith(FEED) else None


def _fixed(relation: str, table: Table) -> set[str]:
    lineage = SUBMISSION_LINEAGE if relation.startswith(SUBMISSION) else FEED_LINEAGE
    return {*lineage, *table.primary_key}


def _of_texts(asked: Asked) -> list[Asked]:
    """The cells that intake read the numbers of measures from: a measure's own, and those of its results."""
    where = {c: v for c, v in asked.where.items() if c in (*MEASURE, "lea_id")}
    of_result = {
        **where,
        **{c: v for c, v in asked.where.items() if c in ("school_year", "submission_id", "period")},
    }
    measure = {"unit", "direction", "baseline", "target_y1", "target_y2", "target_y3"}
    return [
        Asked(f"{SUBMISSION}measures", frozenset(measure), where),
        Asked(f"{SUBMISSION}measure_results", frozenset({"actual"}), of_result),
    ]


def _cells(
    connection: duckdb.DuckDBPyConnection, relation: str, table: Table, columns: list[str], where: str
) -> Iterator[Cell]:
    is_feed = relation.startswith(FEED)
    lineage = (
        ("source_file", "received_at", "source_sheet", "source_row")
        if is_feed
        else ("submission_id", "lea_id", "period", "received_at", "source_sheet", "source_row")
    )
    keys = list(table.primary_key)
    listed = ", ".join(f"cast({quoted(c)} as varchar)" for c in (*lineage, *keys, *columns))
    for found in connection.execute(f"select {listed} from {relation} where {where}").fetchall():
        at = dict(zip(lineage, found, strict=False))
        of_key = found[len(lineage) : len(lineage) + len(keys)]
        names = ", ".join(f"{k}={v}" for k, v in zip(keys, of_key, strict=True))
        for column, value in zip(columns, found[len(lineage) + len(keys) :], strict=True):
            yield Cell(
                kind="feed" if is_feed else "submission",
                source=at["source_file"] if is_feed else at["submission_id"],
                lea_id="" if is_feed else at["lea_id"] or "",
                period="" if is_feed else at["period"] or "",
                received_at=at["received_at"] or "",
                table=table.name,
                sheet=at["source_sheet"] or "",
                row=int(at["source_row"] or 0),
                column=column,
                value=value or "",
                names=names,
            )


def _put_aside(
    connection: duckdb.DuckDBPyConnection,
    cells: set[Cell],
    by_table: Mapping[str, list[Asked]],
    every: bool,
) -> Iterator[Cell]:
    """Cells for which intake rejected a row of the tables on the way, in files of the LEAs on the way."""
    leas = {c.lea_id for c in cells if c.kind == "submission"}
    for several in by_table.values():
        leas |= {v for a in several for v in a.where.get("lea_id", ())}
    tables = {t.name for r in by_table if r.startswith(SUBMISSION) and (t := _table(r)) is not None}
    if not every and (not leas or not tables):
        return
    where = (
        "true"
        if every
        else f"severity = 'reject' and lea_id in ({_list(leas)}) and table_name in ({_list(tables)})"
    )
    rows = connection.execute(
        "select submission_id, lea_id, period, cast(received_at as varchar), table_name, source_sheet, "
        f"source_row, column_name, value, rule_id from {FINDINGS} where {where}"
    ).fetchall()
    for submission, lea, period, received, table, sheet, row, column, value, rule in rows:
        yield Cell(
            "put aside", submission, lea or "", period or "", received or "", table or "", sheet or "",
            int(row or 0), column or "", value or "", f"rule {rule}",
        )  # fmt: skip


def _list(texts: set[str]) -> str:
    return ", ".join(literal(t) for t in sorted(texts))
