"""The DuckDB file that a federal file is judged in: what was read of it, as tables, beside what it is held against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd

from orchestration.content import quoted
from orchestration.extracts.compare import Figure
from orchestration.extracts.layout import Layout
from orchestration.extracts.options import Options
from orchestration.extracts.read_back import ReadFile
from orchestration.extracts.references import add_references
from orchestration.extracts.source import Source

HEADER_COLUMNS = ("file_type", "total_records", "file_name", "file_identifier", "reporting_period", "filler")


def table_of(layout: Layout) -> str:
    """The table of a file's records, which is also the name of its suite: fs206_sch."""
    return f"fs{layout.file_number}_{layout.level.lower()}"


def write_check_file(
    file: Path,
    source: Source,
    layout: Layout,
    options: Options,
    read: ReadFile,
    *,
    name: str,
    form: str,
    statuses: tuple[Layout, ReadFile] | None,
    statuses_before: tuple[Layout, ReadFile] | None,
    figures: Sequence[Figure],
) -> None:
    """Write the tables `header`, `record`, `cell` and that of the file, and what they are held against.

    Args:
        name: how the file is called.
        statuses: FS206 of the same year, read back.
        statuses_before: FS206 of the year before; None where there is none.
        figures: figures of this year and the year before.
    """
    with duckdb.connect(str(file)) as db:
        add_references(db, source, layout, options)
        db.execute(
            "create table reference.figure (figure varchar, last_year decimal(18, 2), this_year decimal(18, 2), change_percent double)"
        )
        for f in figures:
            db.execute(
                "insert into reference.figure values ($1, $2, $3, $4)",
                [f.name, f.last_year, f.this_year, _float(f.change_percent)],
            )
        for table, one in (("status", statuses), ("status_before", statuses_before)):
            names = ["line", *(f.name for f in one[0].fields)] if one else STATUS_COLUMNS
            _frame(db, f"reference.{table}", _rows(*one) if one else [], names)
        add_read(db, layout, read, name=name, form=form)


def add_read(db: duckdb.DuckDBPyConnection, layout: Layout, read: ReadFile, *, name: str, form: str) -> None:
    """Make the schema `marts`: what was read of a file, as the suites look at it."""
    db.execute("create schema marts")
    _frame(db, "marts.header", [_header(layout, read, name)])
    _frame(db, "marts.record", _records(layout, read, form), RECORD_COLUMNS)
    _frame(db, "marts.cell", _cells(layout, read), CELL_COLUMNS)
    table = table_of(layout)
    _frame(db, f"marts.{table}", _rows(layout, read), ["line", *(f.name for f in layout.fields)])
    db.execute(f"create view marts.{table}_flags as select * from marts.{table}")


STATUS_COLUMNS = [
    "line", "StateLEAIDNumber", "StateSchoolIDNumber", "CompSupImprvmntID", "TrgtSupImprvmntID", "AddlTrgtSupImprvmntID",
]  # fmt: skip
RECORD_COLUMNS = [
    "line",
    "n_values",
    "n_fields",
    "line_length",
    "record_length",
    "form",
    "ended_well",
    "record_number",
]
CELL_COLUMNS = ["line", "field_no", "field_name", "value"]


def _header(layout: Layout, read: ReadFile, name: str) -> dict[str, object]:
    values = [*read.header.values, *[None] * len(HEADER_COLUMNS)][: len(HEADER_COLUMNS)]
    return {
        **dict(zip(HEADER_COLUMNS, values, strict=True)),
        "n_values": len(read.header.values),
        "n_records": len(read.records),
        "own_name": name,
        "header_type": layout.header_type,
        "period": layout.reporting_period,
        "not_ascii": read.not_ascii,
        "loose_ends": read.loose_ends,
        "ended_well": read.header.ended_well,
    }


def _records(layout: Layout, read: ReadFile, form: str) -> Iterable[dict[str, object]]:
    for r in read.records:
        yield {
            "line": r.line,
            "n_values": len(r.values),
            "n_fields": len(layout.fields),
            "line_length": r.length,
            "record_length": layout.record_length,
            "form": form,
            "ended_well": r.ended_well,
            "record_number": r.values[0] if r.values else "",
        }


def _cells(layout: Layout, read: ReadFile) -> Iterable[dict[str, object]]:
    for r in read.records:
        for f, value in zip(layout.fields, r.values, strict=False):
            yield {"line": r.line, "field_no": f.number, "field_name": f.name, "value": value}


def _rows(layout: Layout, read: ReadFile) -> Iterable[dict[str, object]]:
    names = [f.name for f in layout.fields]
    for r in read.records:
        values = [*r.values, *[""] * len(names)][: len(names)]
        yield {"line": r.line, **dict(zip(names, values, strict=True))}


def _frame(
    db: duckdb.DuckDBPyConnection,
    table: str,
    rows: Iterable[dict[str, object]],
    columns: Sequence[str] | None = None,
) -> None:
    frame = pd.DataFrame(list(rows), columns=list(columns) if columns else None)
    whole = {"line", "field_no", "n_values", "n_fields", "line_length", "record_length"} | {
        "n_records", "not_ascii", "loose_ends",
    }  # fmt: skip
    kinds = {
        c: "bigint" if c in whole else "boolean" if c == "ended_well" else "varchar" for c in frame.columns
    }
    db.register("incoming", frame.astype(object))
    casts = ", ".join(f"cast({quoted(c)} as {kind}) as {quoted(c)}" for c, kind in kinds.items())
    db.execute(f"create table {table} as select {casts} from incoming")
    db.unregister("incoming")


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
