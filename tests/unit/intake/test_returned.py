"""The sender's own workbook back: what is marked, and that nothing in it can run."""

from __future__ import annotations

import io
import logging
import sys
import zipfile
from pathlib import Path

import pytest
from intake_home import LEA, SCHOOL, Home, cover, status
from openpyxl import Workbook, load_workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink

from orchestration.intake import returned, returned_files
from orchestration.intake.returned import AMBER, PROBLEMS, RED, Problem, listed, marked
from orchestration.intake.returning import give_back_missing

BAD = [
    {"org_id": SCHOOL, "action_code": "1.1.1.1", "status": "=1+1", "completed_on": "soon"},
    {"org_id": SCHOOL, "action_code": "1. 1. 1. 2", "status": "in_progress"},
    {"org_id": SCHOOL, "action_code": "1.1.1.3", "status": "in_progress"},
]


def back(home: Home) -> Path:
    (path,) = (home.settings.home / "outbox").rglob("returned-*.xlsx")
    return path


def problem(cell: str = "A1", sheet: str = "S", **more: str) -> Problem:
    return Problem(
        **{
            **dict(severity="reject", sheet=sheet, row=1, cell=cell, column="c", value="v", advice="mend"),
            **more,
        }
    )


def test_the_bad_cells_are_coloured_and_commented_and_the_others_left(home: Home) -> None:
    home.drop({"cover": cover(), "action_status": BAD})
    home.night()
    book = load_workbook(back(home))
    sheet = book["Action status"]
    colours = {c.coordinate: c.fill.fgColor.rgb for row in sheet["A4:F6"] for c in row}
    assert [a for a, c in colours.items() if c == RED] == ["C4", "E4"]
    assert [a for a, c in colours.items() if c == AMBER] == ["B5"]
    assert "is not a day" in sheet["E4"].comment.text and sheet["C6"].comment is None
    assert [c.value for c in sheet[6]][:3] == [SCHOOL, "1.1.1.3", "in_progress"]
    assert (sheet["C4"].value, sheet["C4"].data_type, sheet["C4"].quotePrefix) == ("=1+1", "s", True)


def test_the_first_sheet_lists_the_problems_and_leads_to_the_cells(home: Home) -> None:
    home.drop({"cover": cover(), "action_status": BAD})
    home.night()
    book = load_workbook(back(home))
    sheet = book.worksheets[0]
    assert sheet.title == PROBLEMS and book.active is sheet
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=5, max_col=5)]
    assert [r[0] for r in rows] == ["Put aside", "Put aside", "Please look"]
    assert rows[0][1:5] == ["Action status", "C4", "Status", "=1+1"]
    assert sheet["C5"].hyperlink.location == "'Action status'!C4" and sheet["C5"].hyperlink.target is None


def test_it_can_be_mended_and_sent_back(home: Home) -> None:
    home.drop({"cover": cover(), "action_status": BAD})
    home.night()
    book = load_workbook(back(home))
    book["Action status"]["C4"], book["Action status"]["E4"] = "in_progress", None
    book["Action status"]["B5"] = "1.1.1.2"
    out = io.BytesIO()
    book.save(out)
    home.drop_bytes(out.getvalue(), "mended.xlsx")
    home.night()
    mended = next(s for s in home.rows("intake__submissions") if s["file_name"] == "mended.xlsx")
    found = [f["rule_id"] for f in home.findings() if f["file_name"] == "mended.xlsx"]
    assert (mended["outcome"], mended["rows_accepted"], found) == ("accepted", 4, [])


def hostile() -> Workbook:
    book = Workbook()
    sheet = book.active
    sheet.title = "S"
    sheet["A1"], sheet["A2"] = "=1+1", '=HYPERLINK("http://example.org","x")'
    sheet["A3"] = "x"
    sheet["A3"].hyperlink = Hyperlink(ref="A3", target="http://example.org/x")
    sheet["A4"].value, sheet["A4"].data_type = "@SUM(1)", "s"
    sheet.conditional_formatting.add("A1:A9", FormulaRule(formula=["evil|x!A0"]))
    sheet.data_validations.append(DataValidation(type="list", formula1="'[evil|1]S'!A1", sqref="B1"))
    sheet.data_validations.append(DataValidation(type="list", formula1='"a,b"', sqref="B2"))
    book.defined_names["Evil"] = DefinedName("Evil", attr_text="evil|x!A0")
    return book


@pytest.mark.parametrize("anew", [False, True])
def test_no_formula_link_or_macro_comes_back(tmp_path: Path, anew: bool) -> None:
    path = tmp_path / "x.xlsx"
    hostile().save(path)
    words = {"value": "=cmd|' /C calc'!A0", "advice": "+danger", "column": "-x", "sheet": "S"}
    data = marked(path, [problem("A1", **words)], anew)
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        parts = {n: z.read(n).decode("utf-8", "replace") for n in z.namelist()}
    assert not [n for n in parts if "vba" in n.lower() or "external" in n.lower() or "embed" in n.lower()]
    assert not [n for n, text in parts.items() if "<f>" in text or "<f " in text or "example.org" in text]
    assert not [n for n, text in parts.items() if 'TargetMode="External"' in text or "evil" in text]
    assert anew or any("a,b" in text for text in parts.values())
    sheet = load_workbook(io.BytesIO(data))[PROBLEMS]
    assert [c.data_type for c in sheet[5]] == ["s"] * 6 and sheet["E5"].quotePrefix


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    hostile().save(path)
    assert marked(path, [problem()]) == marked(path, [problem()])
    assert listed([problem()]) == listed([problem()])


@pytest.mark.parametrize("anew", [False, True])
def test_a_marked_cell_inside_a_merged_area_and_one_beyond_the_sheet_are_borne(
    tmp_path: Path, anew: bool
) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title, sheet["B3"] = "S", "x"
    sheet.merge_cells("A1:B2")
    book.save(tmp_path / "x.xlsx")
    again = load_workbook(
        io.BytesIO(marked(tmp_path / "x.xlsx", [problem("B2"), problem("C99", advice="far")], anew))
    )
    assert again["S"]["A1" if not anew else "B2"].fill.fgColor.rgb == RED
    assert again["S"]["B3"].value == "x" and again["S"]["C99"].comment.text.endswith("far")


def test_marks_of_the_time_before_are_gone(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "S"
    book.save(tmp_path / "x.xlsx")
    (tmp_path / "y.xlsx").write_bytes(marked(tmp_path / "x.xlsx", [problem("A1")]))
    book = load_workbook(io.BytesIO(marked(tmp_path / "y.xlsx", [problem("B2")])))
    assert book.sheetnames == [PROBLEMS, "S"]
    assert (book["S"]["A1"].comment, book["S"]["A1"].fill.fill_type) == (None, None)


def test_a_workbook_that_cannot_be_opened_again_comes_back_with_its_cells(home: Home) -> None:
    """Bad properties stop the library that opens it, not the one that reads its cells."""
    path = home.drop({"cover": cover(), "action_status": BAD})
    with zipfile.ZipFile(path) as z:
        parts = {n: z.read(n) for n in z.namelist()}
    parts["docProps/core.xml"] = b"<broken"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in parts.items():
            z.writestr(name, data)
    path.unlink()
    home.drop_bytes(out.getvalue(), "report.xlsx")
    home.night()
    book = load_workbook(back(home))
    assert book["Action status"]["C4"].fill.fgColor.rgb == RED
    assert book["Action status"]["A6"].value == SCHOOL


def test_a_file_of_which_the_process_dies_still_gets_the_list(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(returned_files, "COMMAND", ("false",))
    home.drop({"cover": cover(), "action_status": BAD})
    with caplog.at_level(logging.WARNING):
        home.night()
    assert load_workbook(back(home)).sheetnames == [PROBLEMS]
    assert "could not be marked" in caplog.text


def test_a_marked_file_that_was_lost_is_given_back_again_and_one_without_a_receipt_waits_for_it(
    home: Home,
) -> None:
    home.drop({"cover": cover(), "action_status": BAD})
    home.night()
    path = back(home)
    marked = path.read_bytes()
    path.unlink()
    assert give_back_missing(home.settings) == 1
    assert path.read_bytes() == marked
    assert give_back_missing(home.settings) == 0
    path.unlink()
    (receipt,) = path.parent.glob("receipt-*.json")
    receipt.unlink()
    assert give_back_missing(home.settings) == 0
    home.night()
    assert path.read_bytes() == marked


def test_a_disk_that_fails_while_a_workbook_is_marked_stops_the_night_and_the_next_gives_the_whole_workbook(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sender must not get a poorer answer for good because the disk stumbled once."""
    whole = returned_files.COMMAND
    stumbles = "import json; print(json.dumps({'errno': 5, 'said': 'Input/output error', 'where': '/tmp/x'})); exit(75)"
    monkeypatch.setattr(returned_files, "COMMAND", (sys.executable, "-c", stumbles))
    home.drop({"cover": cover(), "action_status": BAD})
    with pytest.raises(OSError, match="Input/output error"):
        home.night()
    assert not list((home.settings.home / "outbox").rglob("returned-*"))
    monkeypatch.setattr(returned_files, "COMMAND", whole)
    home.night()
    assert "Action status" in load_workbook(back(home)).sheetnames


def test_a_file_without_a_place_to_mark_gets_none(home: Home) -> None:
    home.drop_bytes(b"%PDF", "a.pdf")
    home.drop({"cover": cover(), "action_status": [status()]})
    home.night()
    assert not [n for n in home.files("outbox") if "returned-" in n]
    assert f"{LEA}/2024-01/receipt.html" in home.files("outbox")


def test_text_that_xml_cannot_hold_is_borne() -> None:
    assert returned.plain("a\x00b\ud800\x0b") == "a\ufffdb?\ufffd"
