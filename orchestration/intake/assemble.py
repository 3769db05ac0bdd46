"""From what was decided to the rows of the lake: typed rows, and what is said of files, tables and cells."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa

from orchestration import lake
from orchestration.intake.found import Note
from orchestration.intake.measure_rows import NAME as MEASURE_VALUES
from orchestration.intake.measure_rows import measure_value_rows
from orchestration.intake.rules import message, severity, shown
from orchestration.intake.verdict import FileVerdict, TableVerdict, Verdict

ACCEPTED, WITH_REJECTS, REFUSED = "accepted", "accepted_with_rejects", "refused"


def lake_rows(verdict: Verdict) -> dict[str, pa.Table]:
    """Rows by lake table, in the tables' own schemas."""
    found = {
        f"submission__{name}": _typed(f"submission__{name}", table, verdict.files)
        for name, table in verdict.tables.items()
    }
    found["intake__submissions"] = _table("intake__submissions", [_submission(f) for f in verdict.files])
    found["intake__tables"] = _table("intake__tables", [r for f in verdict.files for r in _tables(f)])
    found["intake__findings"] = _table(
        "intake__findings", [r for f in verdict.files for r in finding_rows(f)]
    )
    found[MEASURE_VALUES] = measure_value_rows(verdict)
    return found


def _typed(name: str, table: TableVerdict, files: list[FileVerdict]) -> pa.Table:
    schema = lake.arrow_schema(name)
    rows = np.nonzero(table.good)[0]
    of_file = pa.array(table.files[rows])
    by_file: dict[str, list[Any]] = {
        "submission_id": [f.received.submission_id for f in files],
        "lea_id": [f.received.folder for f in files],
        "period": [f.period for f in files],
        "received_at": [f.received.received_at for f in files],
        "file_sha256": [f.received.sha256 for f in files],
        "source_sheet": [shown(table.rows.sheets.get(n, "")) for n in range(len(files))],
    }
    arrays = []
    for column in schema:
        if column.name in by_file:
            arrays.append(pa.array(by_file[column.name], column.type).take(of_file))
        elif column.name == "source_row":
            arrays.append(pa.array(table.numbers[rows]))
        else:
            read = table.columns[column.name]
            values = pa.array([r.value for r in read.reads], column.type)
            arrays.append(values.take(pa.array(read.codes[rows])))
    return pa.Table.from_arrays(arrays, schema=schema)


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=lake.arrow_schema(name))


def outcome(file: FileVerdict) -> str:
    """accepted, accepted_with_rejects or refused."""
    if file.refusal is not None:
        return REFUSED
    return WITH_REJECTS if any(rejected for _, rejected in file.rows.values()) else ACCEPTED


def _common(file: FileVerdict) -> dict[str, Any]:
    return {
        "submission_id": file.received.submission_id,
        "lea_id": file.received.folder,
        "period": file.period,
        "received_at": file.received.received_at,
    }


def _submission(file: FileVerdict) -> dict[str, Any]:
    refusal = file.refusal
    read = sum(r for r, _ in file.rows.values())
    # every row that was read is either accepted or not: of a refused file, none is
    rejected = read if refusal else sum(r for _, r in file.rows.values())
    return {
        **_common(file),
        "file_name": shown(file.received.name),
        "file_sha256": file.received.sha256,
        "file_bytes": file.received.size,
        "outcome": outcome(file),
        "refused_by": refusal.rule if refusal else None,
        "refused_because": _words(refusal) if refusal else None,
        "rows_read": read,
        "rows_accepted": read - rejected,
        "rows_rejected": rejected,
        "template_version": file.template_version,
    }


def _tables(file: FileVerdict) -> list[dict[str, Any]]:
    """A refused file says nothing of any table, so that it can supersede none."""
    if file.refusal is not None:
        return []
    return [
        {
            **_common(file),
            "table_name": name,
            "rows_read": read,
            "rows_accepted": read - rejected,
            "rows_rejected": rejected,
        }
        for name, (read, rejected) in file.rows.items()
    ]


def _words(note: Note) -> str:
    value = None if note.value is None else shown(note.value)
    sheet = shown(note.sheet) if note.sheet else note.sheet
    return message(note.rule, sheet=sheet, row=note.row, column=note.column, value=value, **_text(note))


def _text(note: Note) -> dict[str, Any]:
    table = {"table": note.table} if "table" not in note.words else {}
    return {**table, **{k: shown(v) if isinstance(v, str) else v for k, v in note.words.items()}}


def finding_rows(file: FileVerdict) -> list[dict[str, Any]]:
    """The rows of `intake__findings` that a file's notes give."""
    return [
        {
            **_common(file),
            "file_name": shown(file.received.name),
            "table_name": note.table,
            "source_sheet": shown(note.sheet) if note.sheet else None,
            "source_row": note.row,
            "source_cell": _cell(file, note),
            "column_name": note.column,
            "value": None if note.value is None else shown(note.value),
            "rule_id": note.rule,
            "severity": _severity(note),
            "message": _words(note),
            "own_columns": _own(file, note),
        }
        for note in file.notes
    ]


def _cell(file: FileVerdict, note: Note) -> str | None:
    """The cell as a spreadsheet names it; None for a finding on a row, a sheet or the file."""
    letter = file.letters.get((note.table or "", note.column or ""))
    return f"{letter}{note.row}" if letter and note.row else None


def _own(file: FileVerdict, note: Note) -> str | None:
    """The row's `flex_` cells as a JSON object; None where it has none."""
    cells = file.own.get((note.table or "", note.row or 0))
    return json.dumps(cells, ensure_ascii=False) if cells else None


def _severity(note: Note) -> str:
    return "flag" if note.forgiven else severity(note.rule)
