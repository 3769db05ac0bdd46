"""The workbooks that we hand out keep the rules that Excel insists on (`excel_rules`), in every shape they have."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from excel_rules import problems
from whole_workbook import EVERYTHING

from orchestration.contracts.model import Field, submission_tables
from orchestration.intake.returned import Problem, listed, marked
from orchestration.intake.template import render_workbook

ODD = "=1+1\n<b>&\"'\x00\x0b\ud800 _x0041_ é😀 " + "long " * 10_000
SENT = [
    Problem("reject", "Action status", 4, "C4", "Status", "=cmd()", "Choose one of the list."),
    Problem("flag", "Action status", 4, "C4", "Status", "x", "And look at this."),
    Problem("flag", "Cover", 1_048_576, "XFD1048576", "", "", "The last cell of all."),
    Problem("refuse", "", None, "", "", "", "Of no cell."),
]


def value_of(field: Field) -> Any:
    """A value of the column's kind; texts hold what is hard to hold."""
    if field.code_set:
        return next(iter(field.code_set.codes))
    return {"date": date(2024, 2, 29), "number": Decimal("1200.50"), "integer": 3, "boolean": True}.get(
        field.type, ODD
    )


FULL = {
    name: [{f.name: value_of(f) for f in table.fields}, {f.name: None for f in table.fields}]
    for name, table in submission_tables().items()
}
NOTES = [("Due this month",), ("Action status", "every month", ODD)]
SHAPES = {
    "empty, all sheets": lambda: render_workbook({name: [] for name in submission_tables()}),
    "one sheet": lambda: render_workbook({"cover": EVERYTHING["cover"]}),
    "full, prefilled": lambda: render_workbook(FULL, prefilled=True, notes=NOTES, title=ODD[:100]),
    "full, open": lambda: render_workbook(FULL),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_workbook_that_we_hand_out_keeps_excels_rules(shape: str) -> None:
    assert problems(SHAPES[shape]()) == []


def test_a_workbook_that_we_give_back_marked_keeps_excels_rules(tmp_path: Path) -> None:
    path = tmp_path / "sent.xlsx"
    path.write_bytes(render_workbook(EVERYTHING, prefilled=True))
    assert problems(marked(path, SENT)) == []
    assert problems(marked(path, SENT, anew=True)) == []
    assert problems(listed(SENT)) == []


@pytest.mark.parametrize(
    ("part", "old", "new", "told"),
    [
        ("sheet3", b"</sheetData>", b"</sheetData><sheetViews/>", "sheetViews twice"),
        ("sheet3", b"<sheetData>", b"<pageMargins/><sheetData>", "out of order"),
        ("sheet3", b'<c r="A4" s="', b'<c r="A4" s="9', "cell A4 has style"),
        ("sheet3", b'<c r="B4"', b'<c r="A4"', "cell A4 in row 4"),
        ("sheet3", b'<row r="5"', b'<row r="4"', "row 4 after row 4"),
        ("sheet3", b'<c r="A3"', b'<c r="ZZZZ3"', "cell ZZZZ3"),
        ("sheet4", b"<formula1>Codes!", b"<formula1>Gone!", "names the sheet 'Gone'"),
        ("sheet4", b"<formula1>Codes!", b"<formula1>" + b"x" * 250 + b"Codes!", "a formula of"),
        ("sheet3", b' prompt="', b' prompt="' + b"x" * 256, "prompt has"),
        ("sheet4", b' sqref="C4:C1048576"', b' sqref="D4:D99"', "overlap"),
        ("sheet3", b' dxfId="', b' dxfId="9', "names the look"),
        ("sheet3", b' priority="2"', b' priority="1"', "priority 1 twice"),
        ("sheet3", b"</cols>", b'<col min="1" max="2"/></cols>', "columns overlap"),
        ("sheet3", b"<v>1200.5", b"<v>NaN", "as a number"),
        ("sheet1", b"location=\"'", b"location=\"'Not ", "which is not there"),
        ("workbook", b'name="Actions"', b'name="Cover"', "'cover' twice"),
        ("workbook", b'name="Actions"', b'name="' + b"A" * 32 + b'"', "sheet name"),
        ("workbook", b"<definedNames>", b'<definedNames><definedName name="x">#REF!</definedName>', "#REF!"),
        ("workbook", b'r:id="rId2"', b'r:id="rId99"', "the relation rId99"),
        ("styles", b"<fonts count=", b'<fonts count="99" x=', "fonts are"),
        ("styles", b' fontId="1"', b' fontId="99"', "names fontId 99"),
        ("[Content", b"/xl/styles.xml", b"/xl/gone.xml", "gone.xml, which is not there"),
        ("workbook.xml.rels", b"styles.xml", b"gone.xml", "gone.xml is not there"),
    ],
)
def test_each_rule_is_seen_to_be_broken(part: str, old: bytes, new: bytes, told: str) -> None:
    tables = {n: EVERYTHING[n] for n in ("cover", "actions", "action_status")}
    with zipfile.ZipFile(io.BytesIO(render_workbook(tables))) as z:
        parts = {i.filename: z.read(i) for i in z.infolist()}
    name = next(
        n
        for n in parts
        if n.rpartition("/")[2].startswith(part) and (part != "workbook" or n == "xl/workbook.xml")
    )
    assert old in parts[name], f"{name} holds no {old!r}: {parts[name][:3000]!r}"
    parts[name] = parts[name].replace(old, new, 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for n, content in parts.items():
            z.writestr(n, content)
    assert any(told in p for p in problems(out.getvalue())), problems(out.getvalue())
