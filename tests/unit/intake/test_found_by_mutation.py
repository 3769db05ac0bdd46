"""What the mutations of `test_mutated_workbooks` and the broken files found, each as a case of its own."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from intake_home import SCHOOL, Home, cover, good

from orchestration.intake.template import render_workbook


def edited(tables: dict[str, list[dict[str, Any]]], sheet: str, **cells: Any) -> bytes:
    """A workbook whose cells a spreadsheet program changed: values, or values with a number format."""
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(tables)))
    for place, value in cells.items():
        cell = book[sheet][place]
        cell.value, cell.number_format = value if isinstance(value, tuple) else (value, cell.number_format)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rules(home: Home) -> list[tuple[str, int | None, str | None]]:
    return [(f["rule_id"], f["source_row"], f["value"]) for f in home.findings()]


def test_a_row_that_sorting_put_above_the_header_is_rejected_and_told(home: Home) -> None:
    data = edited(good(), "Action status", A1=SCHOOL, B1="1.1.1.9", C1="completed")
    home.drop_bytes(data, "sorted.xlsx")
    home.night()
    assert home.submission()["outcome"] == "accepted_with_rejects"
    assert (home.submission()["rows_read"], home.submission()["rows_rejected"]) == (4, 1)
    assert rules(home) == [("row.above_header", 1, None)]
    assert [r["action_code"] for r in home.rows("submission__action_status")] == ["1.1.1.1", "1.1.1.2"]


def test_titles_and_notes_above_the_header_are_no_rows(home: Home) -> None:
    data = edited(good(), "Action status", B1="of January", C2="please return", D2="by the 15th")
    home.drop_bytes(data, "notes.xlsx")
    home.night()
    assert home.submission()["outcome"] == "accepted" and not home.findings()


@pytest.mark.parametrize(
    ("shown", "read"),
    [((1, "0%"), 100), ((0, "0.0%"), 0), ((0.45, "0%"), 45), ((0.0725, "#,##0.00%"), Decimal("7.25"))],
)
def test_a_number_shown_as_a_percent_is_read_as_it_is_shown(home: Home, shown: Any, read: Any) -> None:
    """Typing 100% into a spreadsheet stores 1: it passed for one per cent, and nobody told."""
    home.drop_bytes(edited(good(1), "Action status", D4=shown), "percent.xlsx")
    home.night()
    assert [r["percent_complete"] for r in home.rows("submission__action_status")] == [read]
    assert not [f for f in home.findings() if f["rule_id"].startswith("percent")]


def test_a_percent_sign_that_is_only_text_in_a_number_format_changes_nothing(home: Home) -> None:
    home.drop_bytes(edited(good(1), "Action status", D4=(45, '0" %"')), "text.xlsx")
    home.night()
    assert [r["percent_complete"] for r in home.rows("submission__action_status")] == [45]
    assert not home.findings()


def test_a_target_shown_as_a_percent_is_kept_as_it_is_shown(home: Home) -> None:
    measure = {
        "org_id": SCHOOL,
        "parent_code": "G1",
        "measure_no": 1,
        "indicator": "Reading",
        "unit": "percent",
    }
    tables = {"cover": cover(), "measures": [{**measure, "target_y1": "x"}]}
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(tables)))
    header = [c.value for c in book["Measures"][3]]
    place = book["Measures"].cell(4, header.index("Target year 1") + 1).coordinate
    home.drop_bytes(edited(tables, "Measures", **{place: (0.7, "0%")}), "target.xlsx")
    home.night()
    assert [r["target_y1"] for r in home.rows("submission__measures")] == ["70%"]
    assert not home.findings()


def test_a_day_in_a_list_of_texts_is_told_as_in_any_text(home: Home) -> None:
    tables = {"cover": cover(), "requests_1003": [{"org_id": SCHOOL, "amount": 1000, "years": 1}]}
    home.drop_bytes(edited(tables, "Requests 1003", E4=(date(2024, 3, 4), "yyyy-mm-dd")), "day.xlsx")
    home.night()
    assert [r["strategy_types"] for r in home.rows("submission__requests_1003")] == ["2024-03-04"]
    assert rules(home) == [("text.from_date", 4, "2024-03-04")]


def xml_edited(old: bytes, new: bytes) -> bytes:
    """A good workbook with a piece of its sheet of statuses replaced."""
    with zipfile.ZipFile(io.BytesIO(render_workbook(good()))) as z:
        parts = {i.filename: z.read(i) for i in z.infolist()}
    name = "xl/worksheets/sheet3.xml"
    assert parts[name].count(old) == 1
    parts[name] = parts[name].replace(old, new)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for part, data in parts.items():
            z.writestr(part, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<is><t>1.1.1.2</t></is></c>", b"<is><t>1.1.1.2</t></is>"),  # two cells run together
        (b"<is><t>1.1.1.2</t></is></c>", b"<is><t>1.1.1.2</is></c>"),
        (b"</sheetData>", b"</sheetData><row>"),
    ],
)
def test_a_sheet_whose_markup_breaks_off_is_refused(home: Home, old: bytes, new: bytes) -> None:
    """The fast reader bears with it, and gave one cell the words of two."""
    home.drop_bytes(xml_edited(old, new), "broken.xlsx")
    home.night()
    assert (home.submission()["outcome"], home.submission()["refused_by"]) == ("refused", "file.unreadable")


def test_signs_of_markup_in_texts_are_no_broken_markup(home: Home) -> None:
    data = xml_edited(b"<is><t>1.1.1.2</t></is>", b"<is><t><!-- < </ /> -->1.1.1.2</t></is>")
    home.drop_bytes(data, "comment.xlsx")
    home.night()
    assert home.submission()["outcome"] == "accepted"
    assert [r["action_code"] for r in home.rows("submission__action_status")] == ["1.1.1.1", "1.1.1.2"]
