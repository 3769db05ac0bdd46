"""The bare alternative a night is measured against: one script, the same reader, one DuckDB process, plain SQL.

    python -m tests.benchmarks.bare LANDING SQL OUT STATE

It reads every cell of every file in LANDING, types them as the tables say, reads the numbers off the measures'
texts, writes one Parquet file a table to OUT, and runs the SQL of SQL/marts.sql (`plain_sql`) into one DuckDB
file: the same marts by the same SQL. No archive, no check of any cell, no receipt, no test, no gate, no public
tables, no copy for readers, no dictionary; the state's own files and policy are given to it as Parquet.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineWorkbook

from orchestration import lake
from orchestration.contracts.model import Field, Table, submission_tables
from orchestration.intake.measure_rows import FIGURES
from orchestration.intake.measure_values import TARGETS, read_level, read_measure
from orchestration.policy import load_policy
from orchestration.settings import Settings
from tests.benchmarks.plain_sql import SPLIT

HEADER, FIRST = 2, 3
GROUP = 50  # files that are put together into one part
Columns = dict[str, list[Any]]


def sheets(path: Path) -> Iterator[tuple[Table, str, list[str], list[Any], int]]:
    """Each table of a file: its contract, where it stands, its header, its rows, and the number of the first."""
    by_sheet = {t.sheet: t for t in submission_tables().values()}
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                rows = list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
                yield submission_tables()[name.removesuffix(".csv")], name, rows[0], rows[1:], 2
        return
    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if name in by_sheet and len(cells) > FIRST:
            table = by_sheet[name]
            titles = {f.title: f.name for f in table.fields}
            header = [titles.get(str(c).removesuffix(" *"), "") for c in cells[HEADER]]
            yield table, name, header, cells[FIRST:], FIRST + 1


def typed(field: Field) -> Callable[[Any], Any]:
    """What makes a cell's value one of a field's type."""
    scale = Decimal(1).scaleb(-int(field.sql_type[:-1].split(",")[1])) if "," in field.sql_type else None

    def text(v: Any) -> str | None:
        if v == "":
            return None
        return str(int(v)) if isinstance(v, float) and v.is_integer() else str(v)

    def codes(v: Any) -> str | None:
        return None if v == "" else ",".join(code.strip() for code in str(v).split(","))

    def number(v: Any) -> int | None:
        return None if v == "" else int(float(v))

    def truth(v: Any) -> bool | None:
        return None if v == "" else v in (True, "yes", "true")

    def day(v: Any) -> date | None:
        if v == "":
            return None
        return (
            date.fromisoformat(v[:10]) if isinstance(v, str) else v.date() if isinstance(v, datetime) else v
        )

    def amount(v: Any) -> Decimal | None:
        return None if v == "" else Decimal(str(v)).quantize(scale)

    if field.format == "list":
        return codes
    kinds = {"VARCHAR": text, "BIGINT": number, "BOOLEAN": truth, "DATE": day}
    return kinds.get(field.sql_type, amount)


def read_file(path: Path, lea_id: str) -> Iterator[tuple[str, Columns]]:
    """A file's tables as typed columns with where they come from."""
    data = path.read_bytes()
    sha = hashlib.sha256(data).hexdigest()
    period = path.name[:7]
    of_file = {
        "submission_id": f"{lea_id}-{sha[:12]}", "lea_id": lea_id, "period": period,
        "received_at": datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None),
        "file_sha256": sha,
    }  # fmt: skip
    counts: dict[str, int] = {}
    for table, sheet, header, rows, first in sheets(path):
        kept = [(n, r) for n, r in enumerate(rows, first) if any(c != "" for c in r)]
        if not kept:
            continue
        numbers, cells = [n for n, _ in kept], list(zip(*(r for _, r in kept), strict=True))
        place = {name: cells[i] for i, name in enumerate(header) if name}
        columns: Columns = {k: [v] * len(kept) for k, v in of_file.items()}
        columns |= {"source_sheet": [sheet] * len(kept), "source_row": numbers}
        for f in table.fields:
            if f.name not in columns:
                one = typed(f)
                columns[f.name] = [one(v) for v in place[f.name]] if f.name in place else [None] * len(kept)
        counts[table.name] = len(kept)
        yield f"submission__{table.name}", columns
    for table_name, n in counts.items():
        yield (
            "intake__tables",
            {k: [v] for k, v in of_file.items() if k != "file_sha256"}
            | {"table_name": [table_name], "rows_read": [n], "rows_accepted": [n], "rows_rejected": [0]},
        )
    total = sum(counts.values())
    yield (
        "intake__submissions",
        {k: [v] for k, v in of_file.items()}
        | {
            "file_name": [path.name], "file_bytes": [len(data)], "outcome": ["accepted"], "refused_by": [None],
            "refused_because": [None], "rows_read": [total], "rows_accepted": [total], "rows_rejected": [0],
            "template_version": ["1"],
        },
    )  # fmt: skip


def measure_values(tables: dict[str, Columns], means: Any) -> Columns:
    """The numbers in the texts of the measures and results of one file."""
    out: Columns = {name: [] for name in lake.table_columns()["intake__measure_values"]}
    measures = tables.get("submission__measures", {"org_id": []})
    keys = ("org_id", "parent_code", "measure_no")
    units = {tuple(measures[k][n] for k in keys): measures["unit"][n] for n in range(len(measures["org_id"]))}
    for name in ("submission__measures", "submission__measure_results"):
        rows = tables.get(name)
        for n in range(len(rows["org_id"]) if rows else 0):
            assert rows is not None
            row = {k: v[n] for k, v in rows.items()}
            unit = units.get(tuple(row[k] for k in keys))
            if name == "submission__measures":
                targets = tuple(row[t] for t in TARGETS)
                figures = read_measure(row["baseline"], targets, unit, row["direction"], means)
            else:
                figures = tuple(("actual", f) for f in read_level(row["actual"], unit, means))
            for figure, value in figures:
                for column in out:
                    if column == "figure":
                        out[column].append(figure)
                    else:
                        out[column].append(
                            getattr(value, FIGURES[column]) if column in FIGURES else row.get(column)
                        )
    return out


def intake(landing: Path, out: Path, state: Path) -> int:
    """Read every file into typed Parquet; the number of rows."""
    policy = load_policy(state)
    means = policy.value("percent_change_means", sorted(v.from_year for v in policy.values)[-1])
    writers: dict[str, pq.ParquetWriter] = {}
    held: dict[str, list[pa.Table]] = {}
    total = 0

    def flush() -> None:
        for table, parts in held.items():
            if table not in writers:
                writers[table] = pq.ParquetWriter(
                    out / f"{table}.parquet", lake.arrow_schema(table), compression="zstd"
                )
            writers[table].write_table(pa.concat_tables(parts))
        held.clear()

    for count, path in enumerate(sorted(p for p in landing.rglob("*") if p.is_file()), 1):
        tables: dict[str, Columns] = {}
        of_file = list(read_file(path, path.parent.name))
        for table, columns in of_file:
            if table.startswith("submission__"):
                tables[table] = columns
        for table, columns in [*of_file, ("intake__measure_values", measure_values(tables, means))]:
            made = pa.table(columns, schema=lake.arrow_schema(table))
            total += made.num_rows
            held.setdefault(table, []).append(made)
        if count % GROUP == 0:
            flush()
    flush()
    for writer in writers.values():
        writer.close()
    return total


def marts(sql: Path, out: Path, settings: Settings) -> int:
    """Run the SQL into one DuckDB file, with a night's limits; the number of statements."""
    from orchestration.content import literal, quoted
    from orchestration.warehouse.build_file import view_sql

    statements = (sql / "marts.sql").read_text(encoding="utf-8").split(SPLIT)
    with duckdb.connect(str(out / "bare.duckdb"), config={"storage_compatibility_version": "latest"}) as db:
        db.execute(f"set threads = {settings.threads}; set memory_limit = {literal(settings.memory_limit)}")
        db.execute("set preserve_insertion_order = false; set TimeZone = 'UTC'")
        done: set[str] = set()
        for n, statement in enumerate(statements):
            db.execute(statement)
            if n == 0:
                for table, columns in lake.table_columns().items():
                    file = out / f"{table}.parquet"
                    if table.startswith(("submission__", "intake__")) and table not in (
                        "intake__findings",
                        "intake__withdrawals",
                    ):
                        files = [file] if file.exists() else []
                        db.execute(f"create view lake.{quoted(table)} as {view_sql(columns, files)}")
                        done.add(table)
    return len(statements)


def main(landing: Path, sql: Path, out: Path, state: Path) -> None:
    """Read, type, write, run the SQL."""
    out.mkdir(parents=True, exist_ok=True)
    sys.stdout.write(f"read {intake(landing, out, state):,} rows\n")
    sys.stdout.flush()
    sys.stdout.write(f"ran {marts(sql, out, Settings.at(out, state)):,} statements\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:5]))
