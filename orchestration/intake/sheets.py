"""From the rows of a sheet or a CSV to a table: which table it is, where its header stands, its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import Any

from orchestration.contracts.model import Table, submission_tables
from orchestration.intake.cell_marks import Marks, apply_marks
from orchestration.intake.codes import words_of
from orchestration.intake.found import FileRead, Note, RawTable
from orchestration.intake.rules import shown
from orchestration.intake.workbook_cells import column_letter

HEADER_ROWS = 15  # how far down a header is looked for
MAX_ROWS = 200_000  # of one table in one file: a hundred times a large LEA's
OWN_SHEETS = frozenset({"instructions", "codes", "problems"})  # sheets of the template that are not tables
NONE_BROKEN: Mapping[int, Note] = MappingProxyType({})
OWN_COLUMNS = "flex_"  # columns that an LEA keeps for itself


@cache
def _tables_by_name() -> dict[str, str]:
    """Table by the words of its name, its sheet and its title."""
    found = {}
    for name, table in submission_tables().items():
        for text in (table.title, table.sheet, name):
            found[words_of(text)] = name
    return found


@cache
def _fields_by_header(table: str) -> dict[str, str]:
    """Column by the words of its title, name and aliases."""
    found: dict[str, str] = {}
    for field in reversed(submission_tables()[table].fields):
        for text in (*field.aliases, field.name, field.title):
            found[words_of(text)] = field.name
    return found


def table_named(name: str) -> str | None:
    """The contract table that a sheet or CSV of that name holds, if any."""
    return _tables_by_name().get(words_of(name))


def unknown_sheet(name: str) -> Note:
    """The note on a sheet that is none of ours, with the nearest of ours."""
    near = get_close_matches(words_of(name), _tables_by_name(), 1, 0.75)
    sheet = submission_tables()[_tables_by_name()[near[0]]].sheet if near else ""
    hint = f"; if it is the table '{sheet}', give it that name and send the file again" if near else ""
    return Note("sheet.unknown", value=name, words={"nearest": hint})


def known_columns(table: str, row: Sequence[Any]) -> list[tuple[str, int]]:
    """Columns of the table named in a row, each with its place."""
    fields = _fields_by_header(table)
    names = ((fields.get(words_of(cell)), n) for n, cell in enumerate(row) if isinstance(cell, str) and cell)
    return [(name, n) for name, n in names if name]


def find_header(table: Table, rows: Sequence[Sequence[Any]]) -> tuple[int | None, int]:
    """Index of the header (the first row with all required columns), and of the row that comes nearest."""
    required = {f.name for f in table.fields if f.required}
    nearest, most = 0, -1
    for n, row in enumerate(rows[:HEADER_ROWS]):
        there = {name for name, _ in known_columns(table.name, row)}
        if required <= there:
            return n, n
        if len(there & required) > most:
            nearest, most = n, len(there & required)
    return None, nearest


def table_by_header(rows: Sequence[Sequence[Any]]) -> str | None:
    """The one table all of whose columns stand in one of the first rows: a sheet that was renamed."""
    found = set()
    for name, table in submission_tables().items():
        for row in rows[:HEADER_ROWS]:
            if {f.name for f in table.fields} == {c for c, _ in known_columns(name, row)}:
                found.add(name)
    return found.pop() if len(found) == 1 else None


def take_table(
    table: Table,
    sheet: str,
    rows: list[list[Any]],
    first_row: int,
    read: FileRead,
    broken: Mapping[int, Note] = NONE_BROKEN,
    first_column: int = 0,
    marks: Marks | None = None,
) -> None:
    """Add the table in those rows to what was read.

    Args:
        table: the contract table that the sheet holds.
        sheet: sheet or CSV, as its sender knows it.
        rows: cells; blank ones are empty texts.
        first_row: row number of the first of them, as the sender sees it.
        read: what was read of the file so far.
        broken: notes on rows that cannot be used, by index into `rows`.
        first_column: place in the sheet of the first cell of a row, counted from 0.
        marks: what the sheet says of its cells beside their values.
    """
    header, nearest = find_header(table, rows)
    if header is None:
        read.notes.append(_no_header(table, sheet, rows, first_row, nearest))
        return
    places: dict[str, int] = {}
    for name, n in known_columns(table.name, rows[header]):
        if name in places:
            title = table.field(name).title
            read.notes.append(Note("column.twice", table.name, sheet, first_row + header, title))
        places.setdefault(name, n)
    width = len(rows[header])
    body = rows[header + 1 :]
    empty = [""] * width
    start = first_row + header + 1
    bad_rows = {first_row + n: note for n, note in broken.items()}
    kept = [(n, r) for n, r in enumerate(body, start) if r != empty or n in bad_rows]
    if len(kept) > MAX_ROWS:
        read.notes.append(
            Note("file.too_many_rows", table.name, sheet, value=len(kept), words={"limit": MAX_ROWS})
        )
        return
    above = _filled_in(table, rows[:header], first_row, places, width)
    bad_rows |= {number: Note("row.above_header", table.name, sheet, number) for number, _ in above}
    kept = above + kept
    unusable = (
        {n: bad_rows[number] for n, (number, _) in enumerate(kept) if number in bad_rows} if bad_rows else {}
    )
    columns = list(zip(*(r for _, r in kept), strict=True)) if kept else [()] * width
    _note_unknown(table, sheet, rows[header], first_row + header, columns, set(places.values()), read)
    cells = {name: columns[n] for name, n in places.items()}
    if unusable:  # what stands in the wrong column must not be judged by it
        cells = {
            name: tuple("" if n in unusable else cell for n, cell in enumerate(column))
            for name, column in cells.items()
        }
    letters = {name: column_letter(first_column + n) for name, n in places.items()}
    titles = [shown(title).strip() for title in rows[header]]
    own = {t: columns[n] for n, t in enumerate(titles) if t.lower().startswith(OWN_COLUMNS)}
    raw = RawTable(table.name, sheet, [n for n, _ in kept], cells, unusable, letters, own)
    if marks:
        in_sheet = {name: first_column + n for name, n in places.items()}
        apply_marks(table, raw, first_row + header, in_sheet, marks, read)
    read.tables.append(raw)


def _filled_in(
    table: Table, above: list[list[Any]], first_row: int, places: dict[str, int], width: int
) -> list[tuple[int, list[Any]]]:
    """Rows above the header, with their numbers, that hold all that must be filled in: they are no title."""
    needed = {places[f.name] for f in table.fields if f.required}
    padded = [(n, (row + [""] * width)[:width]) for n, row in enumerate(above, first_row)]
    return [
        (n, row)
        for n, row in padded
        if all(not _is_blank(row[c]) for c in needed)
        and sum(not _is_blank(row[c]) for c in places.values()) > 1
    ]


def _is_blank(cell: Any) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _no_header(table: Table, sheet: str, rows: list[list[Any]], first_row: int, nearest: int) -> Note:
    if not any(cell != "" for row in rows for cell in row):
        return Note("sheet.empty", table.name, sheet)
    wanted = [f for f in table.fields if f.required]
    there = {name for name, _ in known_columns(table.name, rows[nearest])}
    return Note(
        "sheet.no_header",
        table.name,
        sheet,
        words={
            "limit": HEADER_ROWS,
            "near": first_row + nearest,
            "wanted": ", ".join(f"'{f.title}'" for f in wanted),
            "lacking": ", ".join(f"'{f.title}'" for f in wanted if f.name not in there),
        },
    )


def _note_unknown(
    table: Table,
    sheet: str,
    header: Sequence[Any],
    row: int,
    columns: Sequence[tuple[Any, ...]],
    known: set[int],
    read: FileRead,
) -> None:
    fields = _fields_by_header(table.name)
    for n, title in enumerate(header):
        text = shown(title).strip()
        if n in known or words_of(text) in fields or text.lower().startswith(OWN_COLUMNS):
            continue
        if text or any(cell != "" for cell in columns[n]):
            name = text or f"number {n + 1}, which has no header"
            read.notes.append(Note("column.unknown", table.name, sheet, row, None, name))
