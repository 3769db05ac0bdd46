"""Rows in hand as what reading the file made of them would have found, without making the file.

For sizes that nobody should write as workbooks: everything after the reading of cells is then the same
code as for received files. A workbook gives numbers back as numbers, days as days and truth values as
the words of their list; a zip of CSVs gives texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from orchestration.contracts.model import SUBMISSION_ORDER, Table, submission_tables
from orchestration.intake.found import FileRead, RawTable
from orchestration.intake.template_sheets import FIRST_DATA_ROW
from orchestration.intake.workbook_cells import column_letter

Form = Literal["xlsx", "zip"]
Row = Mapping[str, Any]
FIRST_CSV_ROW = 2


def file_of_rows(tables: Mapping[str, Sequence[Row]], form: Form) -> FileRead:
    """What reading the workbook or zip of those tables would find.

    Args:
        tables: rows by contract table, as `template.render_workbook` takes them.
        form: the file that they would stand in.
    """
    read = FileRead()
    for name in SUBMISSION_ORDER:
        if name in tables:
            read.tables.append(_raw(submission_tables()[name], tables[name], form))
    return read


def _raw(table: Table, rows: Sequence[Row], form: Form) -> RawTable:
    cell = cell_of_workbook if form == "xlsx" else cell_of_csv
    first = FIRST_DATA_ROW if form == "xlsx" else FIRST_CSV_ROW
    columns = {f.name: _cells(rows, f.name, cell) for f in table.fields}
    return RawTable(
        table.name,
        table.sheet if form == "xlsx" else f"{table.name}.csv",
        list(range(first, first + len(rows))),
        columns,
        letters=_letters(table.name),
    )


def _cells(rows: Sequence[Row], name: str, cell: Callable[[Any], Any]) -> tuple[Any, ...]:
    values = [row.get(name) for row in rows]
    kinds = set(map(type, values))
    if kinds <= {str} or (cell is cell_of_workbook and kinds <= {str, date}):
        return tuple(values)  # each is its own cell
    if len(kinds) == 1:
        return tuple(map(cell, values))
    return tuple([value if type(value) is str else cell(value) for value in values])


@cache
def _letters(table: str) -> dict[str, str]:
    return {f.name: column_letter(n) for n, f in enumerate(submission_tables()[table].fields)}


def cell_of_workbook(value: Any) -> Any:
    """A value that is no text as the workbook's reader gives it back: a blank cell is an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return float(value) if isinstance(value, int | Decimal) else value


def cell_of_csv(value: Any) -> str:
    """A value that is no text as a CSV holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
