"""Any mutation of a good workbook gives one outcome and a receipt, and no figure changes that nobody reported.

Whatever is done to the cells, rows, sheets, headers, bytes or XML of a workbook, each value that goes on
either is what its cell literally says, or a finding names that cell; and each row either goes on, or a
finding says why not. `whole_workbook.says` is the judge. More examples:

    INTERLACE_MUTATIONS=5000 pytest tests/unit/intake/test_mutated_workbooks.py
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from intake_home import ARRIVED, LEA, Home, directory_rows
from openpyxl.utils import get_column_letter
from whole_workbook import (
    EVERYTHING,
    OWN,
    Cells,
    Percent,
    cells_of,
    good_workbook,
    is_blank,
    places_of,
    says,
    table_of,
    words,
    workbook_of,
)

from orchestration.contracts.model import Table, submission_tables
from orchestration.intake import pool
from orchestration.intake.assemble import ACCEPTED, REFUSED, WITH_REJECTS, lake_rows
from orchestration.intake.authority import DIRECTORY_COLUMNS, Directory
from orchestration.intake.found import Received
from orchestration.intake.reading import Context
from orchestration.intake.receipt import make_receipt
from orchestration.intake.receipt_page import receipt_page
from orchestration.intake.validate import validate
from orchestration.intake.worker import Job, read_one
from orchestration.lake import SUBMISSION_LINEAGE
from orchestration.policy import Policy

EXAMPLES = int(os.environ.get("INTERLACE_MUTATIONS", "50"))
MORE = {"derandomize": "INTERLACE_MUTATIONS" not in os.environ, "deadline": None, "database": None}
MANY = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), **MORE)
Rows = dict[str, list[dict[str, Any]]]
Sheets = list[tuple[str, Cells]]
Answer = Callable[[bytes], Rows]


@pytest.fixture
def answer(policy: Policy, tmp_path: Path) -> Answer:
    """Reads, decides and answers one file as a worker and the night do, in this process."""
    columns = directory_rows()[list(DIRECTORY_COLUMNS)]
    directory, context = Directory.of_columns(columns.to_dict(orient="list")), Context(policy)
    path = tmp_path / "report.xlsx"

    def give(data: bytes) -> Rows:
        path.write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        received = Received(f"{LEA}-{digest[:12]}", LEA, "report.xlsx", digest, len(data), ARRIVED)
        read = read_one(Job(received, str(path)), directory, 50)
        tables = lake_rows(validate([(received, read)], directory, context))
        rows = {name: table.to_pylist() for name, table in tables.items()}
        (submission,) = rows["intake__submissions"]
        receipt = make_receipt(submission, rows["intake__tables"], rows["intake__findings"], policy, [])
        assert receipt_page(receipt, policy, names={}, marked="", history="").startswith(b"<!")
        return rows

    return give


# ------------------------------------------------------------------ the judgement


def judge(rows: Rows, sheets: dict[str, Cells] | None) -> str:
    """Hold what was answered against the file's own cells; the outcome.

    Args:
        rows: rows by lake table.
        sheets: cells of every worksheet by name; None where no other program can read the file.
    """
    (submission,) = rows["intake__submissions"]
    outcome, findings = submission["outcome"], rows["intake__findings"]
    typed = {n.removeprefix("submission__"): r for n, r in rows.items() if n.startswith("submission__") and r}
    assert outcome in (ACCEPTED, WITH_REJECTS, REFUSED)
    if outcome == REFUSED:
        assert submission["refused_because"] and submission["refused_by"]
        assert not typed
        return outcome
    rejected = {(f["table_name"], f["source_row"]) for f in findings if f["severity"] == "reject"}
    assert (outcome == WITH_REJECTS) == (submission["rows_rejected"] > 0) and len(rejected) >= bool(rejected)
    assert submission["rows_accepted"] == sum(map(len, typed.values()))
    if sheets is None:
        return outcome
    renamed = {f["source_sheet"]: f["table_name"] for f in findings if f["rule_id"] == "sheet.renamed"}
    for name, cells in sheets.items():
        table = submission_tables()[renamed[name]] if name in renamed else table_of(name)
        of_sheet = [f for f in findings if f["source_sheet"] == name]
        if table is None:
            told = [f for f in findings if f["value"] == name and f["rule_id"] == "sheet.unknown"]
            assert told or words(name) in OWN, f"{name} was passed over and nobody told"
        else:
            good = [r for r in typed.get(table.name, []) if r["source_sheet"] == name]
            _judge_sheet(table, name, cells, good, of_sheet)
    read = {r["source_sheet"] for found in typed.values() for r in found}
    assert read <= set(sheets)
    return outcome


def _judge_sheet(
    table: Table, name: str, cells: Cells, good: list[dict[str, Any]], findings: list[dict[str, Any]]
) -> None:
    header = places_of(table, cells)
    if header is None:
        assert not good
        assert findings or all(is_blank(c) for row in cells for c in row), f"{name} was passed over"
        return
    top, places = header
    by_row = {r["source_row"]: r for r in good}
    assert len(by_row) == len(good)
    told = {(f["source_row"], f["column_name"]) for f in findings}
    rows_told = {
        f["source_row"] for f in findings if f["severity"] == "reject" or f["rule_id"].startswith("row.")
    }
    for n, row in enumerate(cells, 1):
        at = f"{name}, row {n}: {row}"
        if n == top + 1:
            continue
        seen = [c for c in places.values() if c < len(row) and not is_blank(row[c])]
        if n <= top:
            filled = {name for name, c in places.items() if c in seen}
            whole = len(seen) > 1 and filled >= {f.name for f in table.fields if f.required}
            assert not whole or n in rows_told, f"{at}: stands above the header and nobody told"
            continue
        if seen:
            assert n in by_row or n in rows_told, f"{at}: is lost"
        else:
            assert n not in by_row, f"{at}: is blank and was accepted"
        if n in by_row:
            _judge_row(table, row, places, by_row[n], told, findings)
    assert set(by_row) <= set(range(top + 2, len(cells) + 1))
    named = {f["value"] for f in findings if f["rule_id"] == "column.unknown"}
    for c, title in enumerate(cells[top]):
        used = any(c < len(r) and not is_blank(r[c]) for r in cells[top + 1 :])
        flexible = isinstance(title, str) and title.strip().lower().startswith("flex_")
        if used and not flexible and c not in places.values():
            assert named, f"{name}: column {get_column_letter(c + 1)} was passed over"


def _judge_row(
    table: Table,
    row: list[Any],
    places: dict[str, int],
    read: dict[str, Any],
    told: set[tuple[int | None, str | None]],
    findings: list[dict[str, Any]],
) -> None:
    number = read["source_row"]
    for field in table.fields:
        value = read[field.name]
        cell = row[places[field.name]] if field.name in places and places[field.name] < len(row) else None
        if (number, field.title) in told:
            if field.name not in places:  # told of a column that the sheet lacks
                assert value is None
                continue
            place = f"{get_column_letter(places[field.name] + 1)}{number}"
            assert any(f["source_cell"] == place for f in findings if f["column_name"] == field.title)
            continue
        if value is None:
            assert is_blank(cell), f"{table.name}.{field.name}, row {number}: {cell!r} was dropped"
        else:
            assert not is_blank(cell) and says(field, cell, value), (
                f"{table.name}.{field.name}, row {number}: {cell!r} became {value!r} and nobody told"
            )
    assert set(read) == {f.name for f in table.fields} | set(SUBMISSION_LINEAGE)


# ------------------------------------------------------------------ cells, rows, sheets and headers

WRITTEN = (
    "45%", "1,5", "1.234,50", "1,200.50", "$1,200", "(500)", "１２", "1e5", "0x1F", "1_000", "٣", "²", "½", "--5", "+5",
    "3/4", "03/04/2024", "2024-13-01", "31/12/2023", "2024-02-30", "20240131", "Jan 5, 2024", "5 Jan 2024", "45000",
    "2024-01-31T23:59:59Z", "1/2/24", "2024-01", "1.1.1.1", "Milestone 1.1:1", "1. 1. 1", "1.1.1.", "G1", "Goal 1",
    "2.1.1.1", "completed", "COMPLETED ", "complete", "In progress", "1A", "3c: Provide rigorous evidence-based instruction",
    "1A: Prioritize improvement", "1A,1A", "3B;1A", "yes", "X", "true", "0", "1", "-1", "100000", "100001", "0100002",
    "0200001", "0200000", "#REF!", "#N/A", "N/A", "=1+1", "=HYPERLINK(\"http://x\")", "+1", "@x", "-", "\u200b", " \t",
    "2023-24", "2023-2024", "SY 2023/24", "2023-25", "Organization ID", "Organization ID *", "Status", "org_id",
    "<b>&\"'", "a\nb", "a\rb", "x" * 600, "nan", "inf", "1E400", "9" * 40, "1" + "0" * 400, "0.1", "0.005", "1.005",
)  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=12)
CELL = st.one_of(
    st.none(),
    st.sampled_from(WRITTEN),
    st.sampled_from(WRITTEN),
    st.integers(-2, 120),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-2, 110),
    st.decimals(0, 10_000, places=3, allow_nan=False).map(float),
    st.floats(0, 1.5).map(Percent),
    st.sampled_from((0, 0.45, 0.005, 1)).map(Percent),
    st.booleans(),
    st.dates(date(1901, 1, 1), date(2200, 1, 1)),
    st.datetimes(datetime(1901, 1, 1), datetime(2200, 1, 1)),
    st.times(),
    st.timedeltas(timedelta(0), timedelta(days=99)),
    TEXT,
)
HOSTILE_NAMES = (
    "Sheet1",
    "Actions (2)",
    "actions",
    "ACTION_STATUS",
    "Action  status",
    "Covr",
    "Codes",
    "x" * 31,
    "é",
    "Goals",
)


@cache
def good_sheets() -> Sheets:
    """The good workbook; of the sheets that are no tables only the beginning, as they take most of the time."""
    return [
        (name, rows[: 3 if words(name) in OWN else None]) for name, rows in cells_of(good_workbook()).items()
    ]


class Spoiled(Sheets):
    """Sheets that were mutated; shown by what differs from the good ones."""

    def __repr__(self) -> str:
        good = dict(good_sheets())
        cells = [
            f"{name}!{get_column_letter(c + 1)}{r + 1}={value!r}"
            for name, rows in self
            for r, row in enumerate(rows)
            for c, value in enumerate(row)
            if name not in good or [value] != [v for g in good[name][r : r + 1] for v in g[c : c + 1]]
        ]
        return f"sheets {[name for name, _ in self]}, {'; '.join(cells[:40])}"


@st.composite
def mutated(draw: st.DrawFn) -> Spoiled:
    """The good workbook after one to four mutations."""
    sheets = Spoiled((name, [list(r) for r in rows]) for name, rows in good_sheets())
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(KINDS))
        event(kind.__name__)
        candidates = [n for n, (name, _) in enumerate(sheets) if words(name) not in OWN]
        if not candidates:
            break
        kind(draw, sheets, draw(st.sampled_from(candidates)))
    return sheets


def a_cell(draw: st.DrawFn, sheets: Sheets, at: int) -> None:
    rows = sheets[at][1]
    if rows:
        row = rows[draw(st.integers(min(3, len(rows) - 1), len(rows) - 1))]
        row[draw(st.integers(0, len(row) - 1))] = draw(CELL)


def any_cell(draw: st.DrawFn, sheets: Sheets, at: int) -> None:
    rows = sheets[at][1]
    width = len(rows[0]) if rows else 1
    r, c = draw(st.integers(0, len(rows) + 3)), draw(st.integers(0, width + 1))
    while len(rows) <= r:
        rows.append([None] * width)
    rows[r] += [None] * (c + 1 - len(rows[r]))
    rows[r][c] = draw(CELL)


def a_column(draw: st.DrawFn, sheets: Sheets, at: int) -> None:
    """One value filled down, as dragging a corner does."""
    rows, value = sheets[at][1], draw(CELL)
    c = draw(st.integers(0, max(len(rows[0]) - 1, 0))) if rows else 0
    for row in rows[3:]:
        if c < len(row):
            row[c] = value


def a_header(draw: st.DrawFn, sheets: Sheets, at: int) -> None:
    rows = sheets[at][1]
    if len(rows) > 2:
        titles = [f.title for t in submission_tables().values() for f in t.fields]
        c = draw(st.integers(0, len(rows[2]) - 1))
        rows[2][c] = draw(st.one_of(st.sampled_from(titles), CELL, st.just("flex_x")))


def swap_columns(draw: st.DrawFn, sheets: Sheets, at: int) -> None:
    rows = sheets[at][1]
    if rows and len(rows[0]) > 1:
        one, other = (draw(st.integers(0, len(rows[0]) - 1)) for _ in range(2))
        for row in rows:
            if max(one, other) < len(row):
                row[one], row[other] = row[other], row[one]


def a_row(draw: st.DrawFn, sheets: Sheets, at: int) -> None:
    """A row dropped, copied or moved, the header and what stands above it included."""
    rows = sheets[at][1]
    if rows:
        n = draw(st.integers(0, len(rows) - 1))
        what = draw(st.sampled_from(("drop", "copy", "move")))
        row = list(rows[n]) if what == "copy" else rows.pop(n)
        if what != "drop":
            rows.insert(draw(st.integers(0, len(rows))), row)


def blank_rows(draw: st.DrawFn, sheets: Sheets, at: int) -> None:
    rows = sheets[at][1]
    n = draw(st.integers(0, len(rows)))
    rows[n:n] = [[None] for _ in range(draw(st.integers(1, 20)))]


def a_shift(draw: st.DrawFn, sheets: Sheets, at: int) -> None:
    """Cells inserted or deleted in one row, so that the rest of it moves."""
    rows = sheets[at][1]
    if rows:
        row = rows[draw(st.integers(0, len(rows) - 1))]
        c = draw(st.integers(0, max(len(row) - 1, 0)))
        if draw(st.booleans()):
            row.insert(c, draw(CELL))
        elif row:
            row.append(row.pop(c) and None)


def a_sheet(draw: st.DrawFn, sheets: Sheets, at: int) -> None:
    """A sheet dropped, moved, renamed, or copied beside itself."""
    name, rows = sheets[at]
    what = draw(st.sampled_from(("drop", "move", "rename", "rename", "copy", "empty")))
    taken = {n.lower() for n, _ in sheets}
    fresh = [
        n
        for n in (*HOSTILE_NAMES, *(t.sheet for t in submission_tables().values()))
        if n.lower() not in taken
    ]
    if what == "drop":
        del sheets[at]
    elif what == "move":
        sheets.insert(draw(st.integers(0, len(sheets) - 1)), sheets.pop(at))
    elif what == "empty":
        sheets[at] = (name, [])
    elif fresh and what == "rename":
        sheets[at] = (draw(st.sampled_from(fresh)), rows)
    elif fresh:
        sheets.insert(
            draw(st.integers(0, len(sheets))), (draw(st.sampled_from(fresh)), [list(r) for r in rows])
        )


KINDS = (
    a_cell,
    a_cell,
    a_cell,
    any_cell,
    a_column,
    a_header,
    swap_columns,
    a_row,
    blank_rows,
    a_shift,
    a_sheet,
)


def test_the_good_workbook_is_accepted_whole(answer: Answer) -> None:
    for data in (good_workbook(), workbook_of(good_sheets())):
        rows = answer(data)
        assert judge(rows, cells_of(data)) == ACCEPTED
        assert not rows["intake__findings"]
        assert {n: len(r) for n, r in rows.items() if n.startswith("submission__") and r} == {
            f"submission__{n}": len(r) for n, r in EVERYTHING.items()
        }


@MANY
@given(sheets=mutated())
def test_no_mutation_of_cells_rows_or_sheets_changes_or_loses_what_nobody_reports(
    answer: Answer, sheets: Sheets
) -> None:
    if not sheets:
        return
    data = workbook_of(sheets)
    event(judge(answer(data), cells_of(data)))


# ------------------------------------------------------------------ bytes and XML parts


@cache
def packed() -> tuple[bytes, ...]:
    """Good workbooks as two programs write them: strings inline, and strings in a part of their own."""
    return good_workbook(), workbook_of(good_sheets())


def repacked(parts: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        for name, data in parts:
            z.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


@cache
def parts_of(data: bytes) -> tuple[tuple[str, bytes], ...]:
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        return tuple((i.filename, z.read(i)) for i in z.infolist())


class Bytes(bytes):
    """Bytes of a spoiled file, shown by how they were spoiled."""

    how: str

    def __repr__(self) -> str:
        return self.how


SCRAPS = (
    b"", b"<", b">", b"&", b"&#0;", b"&lol;", b'"', b"</c>", b"<c>", b"<v>7</v>", b"<row>", b"</row>", b"</sheetData>", b"\xff\xfe",
    b"\0", b"<!--", b"]]>", b't="s"', b't="e"', b't="b"', b't="str"', b't="d"', b't="n"', b's="99"', b'r="A1"', b'r="XFE9"', b'r="0"',
    b"1e999", b"-1", b"99999999999", b"<f>1+1</f>", b'<mergeCell ref="A1:B2"/>', b'xml:space="preserve"', b"<!DOCTYPE x>",
)  # fmt: skip
VALUES = (
    b"s", b"e", b"b", b"str", b"inlineStr", b"n", b"d", b"0", b"1", b"2", b"7", b"14", b"99", b"-1", b"45000", b"0.45", b"1e3", b"1e999",
    b"NaN", b"A1", b"B4", b"C5", b"XFD9", b"4", b"5", b"1048577", b"", b" ", b"#REF!", b"completed", b"2024-01-31", b"TRUE", b"x",
)  # fmt: skip
TOKEN = re.compile(rb'<[^>]*>|"[^"]*"|[^<>"]+')


@st.composite
def damaged(draw: st.DrawFn) -> Bytes:
    """A good workbook with bytes flipped or cut off, or its XML parts lost, exchanged or changed."""
    data = draw(st.sampled_from(packed()))
    kind = draw(
        st.sampled_from(("flip", "cut", "lose", "exchange", "double", "xml", "values", "values", "values"))
    )
    if kind == "flip":
        at = draw(
            st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(1, 255)), min_size=1, max_size=4)
        )
        changed = bytearray(data)
        for place, mask in at:
            changed[place] ^= mask
        return _named(bytes(changed), f"flip {at}")
    if kind == "cut":
        at = draw(st.integers(0, len(data) - 1))
        return _named(data[:at] + draw(st.binary(max_size=20)), f"cut at {at}")
    parts = list(parts_of(data))
    telling = [n for n, (name, _) in enumerate(parts) if re.search(r"sheet\d|Strings|styles|workbook", name)]
    n, m = (draw(st.sampled_from(telling) | st.integers(0, len(parts) - 1)) for _ in range(2))
    if kind == "lose":
        del parts[n]
    elif kind == "exchange":
        parts[n], parts[m] = (parts[n][0], parts[m][1]), (parts[m][0], parts[n][1])
    elif kind == "double":
        parts.append((parts[n][0], parts[m][1]))
    else:
        name, content = parts[n]
        tokens = TOKEN.findall(content)
        data_at = content.find(b'<row r="4"')  # most of a sheet is no data
        first = len(TOKEN.findall(content[:data_at])) if data_at > 0 and draw(st.integers(0, 3)) else 0
        places = (
            draw(
                st.lists(st.integers(first, len(tokens) - 1), min_size=1, max_size=3 if kind == "xml" else 1)
            )
            if tokens
            else []
        )
        scraps = []
        for place in places:
            if kind == "xml":
                tokens[place] = draw(st.sampled_from(SCRAPS))
            else:  # the markup stays whole
                tokens[place] = _other_value(draw, tokens[place])
            scraps.append(tokens[place])
        parts[n] = (name, b"".join(tokens))
        return _named(repacked(parts), f"{name}: {list(zip(places, scraps, strict=True))}")
    return _named(repacked(parts), f"{kind} {parts_of(data)[n][0]} {parts_of(data)[m][0]}")


def _other_value(draw: st.DrawFn, token: bytes) -> bytes:
    """A text or one attribute's value changed, or the attribute dropped."""
    value = draw(st.sampled_from(VALUES))
    if not token.startswith(b"<"):
        return value
    attributes = list(re.finditer(rb'\s[\w:]+="([^"]*)"', token))
    if not attributes or token.startswith(b"<?"):
        return token
    m = draw(st.sampled_from(attributes))
    if draw(st.booleans()):
        return token[: m.start()] + token[m.end() :]
    return token[: m.start(1)] + value + token[m.end(1) :]


def _named(data: bytes, how: str) -> Bytes:
    named = Bytes(data)
    named.how = how
    return named


def check_bytes(answer: Answer, data: bytes) -> str:
    """Judge a damaged file by its own cells, where the other program can still read it."""
    rows = answer(data)
    try:
        sheets = cells_of(data)
    except Exception:  # it trips over more than our reader does: then only the outcome is judged
        event("openpyxl cannot read it")
        return judge(rows, None)
    try:
        return judge(rows, sheets)
    except AssertionError as e:
        try:  # a text whose cell no longer says that it holds one, openpyxl passes over
            return judge(rows, cells_of(good_workbook()))
        except AssertionError:
            raise e from None


@pytest.mark.filterwarnings("ignore::UserWarning")  # what zipfile and openpyxl say of such files
@MANY
@given(data=damaged())
def test_no_damage_to_bytes_or_xml_parts_changes_what_nobody_reports(answer: Answer, data: Bytes) -> None:
    event(check_bytes(answer, data))


def test_the_night_itself_answers_every_spoiled_workbook_once(home: Home) -> None:
    """Through worker processes, the lake, receipts and workbooks given back: a few of each kind."""
    files = set()
    for data in packed():
        parts = parts_of(data)
        files |= {repacked([p for p in parts if p is not lost]) for lost in parts}
        files |= {data[: len(data) * n // 4] for n in (1, 2, 3)}
    for place, value in (
        ("C4", "no such status"),
        ("D4", 1e300),
        ("E4", "31/12/2023"),
        ("A4", None),
        ("B5", "1.1.1.1"),
    ):
        sheets = [(name, [list(r) for r in rows]) for name, rows in good_sheets()]
        dict(sheets)["Action status"][int(place[1]) - 1]["ABCDE".index(place[0])] = value
        files.add(workbook_of(sheets))
    for n, data in enumerate(sorted(files)):
        home.drop_bytes(data, f"{n:03d}.xlsx")
    report = home.night(run=pool.run, workers=2)
    rows = home.rows("intake__submissions")
    assert report.files == len(rows) == len(files) == len(home.receipts())
    assert {r["outcome"] for r in rows} == {ACCEPTED, WITH_REJECTS, REFUSED}
    outbox = home.files("outbox")
    for path, receipt in home.receipts().items():
        assert path.replace(".json", ".html") in outbox
        placed = any(f["sheet"] and f["row"] for f in receipt["findings"])
        assert (path.replace("receipt-", "returned-").replace(".json", ".xlsx") in outbox) == placed
