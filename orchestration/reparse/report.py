"""What a reparse says: lines for a terminal, and every single change as CSV or as a page."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration import storage
from orchestration.intake.answer_words import count, page, rows, text
from orchestration.intake.csv_cells import harmless
from orchestration.reparse.compare import KINDS

FORMS = (".csv", ".html")
COLUMNS = (
    "kind", "lea_id", "period", "submission_id", "file_name", "table_name", "sheet", "source_row", "cell",
    "column_name", "rule_id", "severity", "before", "after",
)  # fmt: skip
MOST_LEAS, MOST_ON_PAGE = 5, 1_000
IN_ORDER = f"select {', '.join(COLUMNS)} from changes {{where}} order by all"


@dataclass(frozen=True)
class Summary:
    """What would change.

    Args:
        months: the months asked for.
        files: submissions compared.
        leas: LEAs that sent them.
        same_reader: whether what stands was read by this very code and policy.
        changes: how many changes of each kind.
        counts: (kind, table or blank, what, how many, by LEA): what is the rule with its severity, the
            column, or the outcome before and after; the LEAs with most first.
    """

    months: list[str]
    files: int
    leas: int
    same_reader: bool
    changes: dict[str, int]
    counts: list[tuple[str, str, str, int, list[tuple[str, int]]]]

    @property
    def code(self) -> int:
        """0 where nothing would change, else 1."""
        return 1 if self.changes else 0


def summarize(db: duckdb.DuckDBPyConnection, months: list[str], *, same_reader: bool) -> Summary:
    """Count the table `changes`."""
    files, leas = db.execute("select count(*), count(distinct lea_id) from files").fetchall()[0]
    by_lea = db.execute(
        """
        select
            kind, coalesce(table_name, '') as place,
            case
                when kind in ('outcome', 'month') then before || ' -> ' || after
                when rule_id is not null then rule_id || ' (' || severity || ')'
                when kind = 'value' then column_name
                when kind = 'row_gone' then after
                else before
            end as what,
            lea_id, count(*) as n
        from changes group by all order by kind, place, what, n desc, lea_id
        """
    ).fetchall()
    groups: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
    for kind, place, what, lea_id, n in by_lea:
        groups.setdefault((kind, place, what or ""), []).append((lea_id, n))
    order = list(KINDS)
    counts = sorted(
        ((*key, sum(n for _, n in found), found) for key, found in groups.items()),
        key=lambda c: (order.index(c[0]), -c[3], c[1], c[2]),
    )
    changes = {k: sum(c[3] for c in counts if c[0] == k) for k in order}
    return Summary(months, files, leas, same_reader, {k: n for k, n in changes.items() if n}, counts)


def lines(summary: Summary) -> list[str]:
    """The summary for a terminal."""
    span = f"{summary.months[0]} to {summary.months[-1]}"
    read = f"{count(summary.files, 'file')} of {count(summary.leas, 'LEA')}, {span}"
    if not summary.changes:
        why = " They were read by this very code and policy." if summary.same_reader else ""
        return [f"Nothing would change in {read}.{why}"]
    found = [f"Would change in {read}:"]
    for kind, total in summary.changes.items():
        found += ["", f"{KINDS[kind]}: {total:,}"]
        for _, place, what, n, by_lea in (c for c in summary.counts if c[0] == kind):
            found.append(f"  {n:>7,}  {_where(place, what)}  {_leas(by_lea)}")
    return ["".join(c if c.isprintable() else "\ufffd" for c in line) for line in found]


def _where(place: str, what: str) -> str:
    return ": ".join(p for p in (place, what) if p)


def _leas(by_lea: list[tuple[str, int]]) -> str:
    told = ", ".join(f"{lea} {n:,}" for lea, n in by_lea[:MOST_LEAS])
    more = f", and {len(by_lea) - MOST_LEAS:,} more" if len(by_lea) > MOST_LEAS else ""
    return f"[{count(len(by_lea), 'LEA')}: {told}{more}]"


def write_changes(db: duckdb.DuckDBPyConnection, summary: Summary, out: Path) -> None:
    """Write every change into a file, whole or not at all, as CSV or as a page by its ending."""
    if out.suffix.lower() == ".html":
        storage.write_whole(out, _page(db, summary))
        return
    with tempfile.TemporaryDirectory(prefix="interlace-reparse-") as folder:
        whole = Path(folder) / "changes.csv"
        with whole.open("w", encoding="utf-8-sig", errors="replace", newline="") as f:
            writer = csv.writer(f)
            writer.writerow(COLUMNS)
            for row in _stream(db, IN_ORDER.format(where="")):
                writer.writerow([harmless(str(v)) if v is not None else "" for v in row])
        storage.put_file(whole, out)


def _stream(db: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    cursor = db.cursor().execute(sql, list(values))
    while found := cursor.fetchmany(1_000):
        yield from found


def _page(db: duckdb.DuckDBPyConnection, summary: Summary) -> bytes:
    told = lines(summary)
    parts = [
        "<h1>What the present rules would change</h1>",
        f"<p>{text(told[0])} Nothing has been changed.</p>",
    ]
    for kind, total in summary.changes.items():
        parts.append(f"<h2>{text(KINDS[kind])} ({total:,})</h2>")
        counted = [
            f'<tr><td>{text(place)}</td><td>{text(what)}</td><td class="n">{n:,}</td><td>{text(_leas(by_lea))}</td></tr>'
            for k, place, what, n, by_lea in summary.counts
            if k == kind
        ]
        parts.append(rows([("Table", ""), ("What", ""), ("How often", "n"), ("LEAs", "")], counted))
        each = [
            "<tr>" + "".join(f"<td>{text('' if v is None else v)}</td>" for v in _shown(row)) + "</tr>"
            for row in _stream(db, IN_ORDER.format(where="where kind = ?") + f" limit {MOST_ON_PAGE}", kind)
        ]
        headers = ("LEA", "Month", "File", "Sheet", "Row", "Column", "Before", "After")
        parts.append(rows([(h, "") for h in headers], each))
        if total > MOST_ON_PAGE:
            parts.append(f"<p>and {total - MOST_ON_PAGE:,} more; --out changes.csv tells each.</p>")
    return page("What the present rules would change", "\n".join(parts))


def _shown(row: tuple[Any, ...]) -> tuple[Any, ...]:
    of = dict(zip(COLUMNS, row, strict=True))
    place = of["cell"] or of["source_row"]
    return (
        of["lea_id"],
        of["period"],
        of["file_name"],
        of["sheet"],
        place,
        of["column_name"],
        of["before"],
        of["after"],
    )
