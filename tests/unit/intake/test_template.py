"""The workbook and the zip of CSVs: what is written comes back, the same bytes every time."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from orchestration.contracts.model import submission_tables
from orchestration.intake import template
from orchestration.intake.template import (
    FIRST_DATA_ROW,
    HEADER_ROW,
    render_csv_zip,
    render_workbook,
    write_workbook,
)

ACTION = {
    "org_id": "01010101",
    "action_code": "1.1.1.1",
    "description": "Train <coaches> & 'leaders'",
    "start_on": date(2023, 9, 1),
    "due_on": date(2024, 2, 29),
    "budget": 1200.5,
    "fund_source": "1003",
}
TABLES = {
    "cover": [{"lea_id": "01010000", "period": "2024-01", "template_version": "1"}],
    "actions": [ACTION],
    "application_1003": [
        {
            "org_id": "01010000",
            "school_year": "2023-24",
            "assures_monitoring": True,
            "assures_alignment": False,
        }
    ],
}


def read_back(data: bytes, table: str) -> list[list[object]]:
    return (
        CalamineWorkbook.from_filelike(io.BytesIO(data))
        .get_sheet_by_name(submission_tables()[table].sheet)
        .to_python()
    )


def first_row(data: bytes, table: str) -> dict[str, object]:
    rows = read_back(data, table)
    return dict(
        zip([f.name for f in submission_tables()[table].fields], rows[FIRST_DATA_ROW - 1], strict=True)
    )


def test_equal_tables_give_equal_bytes_even_from_a_fresh_skeleton():
    once = render_workbook(TABLES, title="A title")
    template._skeleton.cache_clear()
    assert render_workbook(TABLES, title="A title") == once
    assert render_workbook(TABLES, title="Another title") != once
    assert render_csv_zip(TABLES) == render_csv_zip(dict(reversed(TABLES.items())))


def test_written_values_come_back_with_their_types_and_ids_keep_their_zeros():
    row = first_row(render_workbook(TABLES), "actions")
    assert row["org_id"] == "01010101"
    assert row["action_code"] == "1.1.1.1"
    assert row["fund_source"] == "1003"
    assert row["description"] == "Train <coaches> & 'leaders'"
    assert row["start_on"] == date(2023, 9, 1)
    assert row["due_on"] == date(2024, 2, 29)
    assert row["budget"] == 1200.5
    assert row["collaborators"] == ""
    answers = first_row(render_workbook(TABLES), "application_1003")
    assert answers["assures_monitoring"] is True
    assert answers["assures_alignment"] is False


def test_a_value_of_another_kind_than_its_column_is_written_as_it_is():
    row = {**ACTION, "due_on": "2/29/2024", "org_id": 1010101}
    found = first_row(render_workbook({"actions": [row]}), "actions")
    assert found["due_on"] == "2/29/2024"
    assert found["org_id"] == 1010101


def test_the_header_holds_the_titles_and_marks_required_columns_in_bold(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    write_workbook(path, TABLES)
    sheet = openpyxl.load_workbook(path)["Actions"]
    for cell, field in zip(sheet[HEADER_ROW], submission_tables()["actions"].fields, strict=True):
        assert cell.value == field.title + (" *" if field.required else "")
        assert bool(cell.font.bold) == field.required
    assert sheet.freeze_panes == f"A{HEADER_ROW + 1}"
    assert "one row per organization and action" in sheet["A1"].value
    assert sheet["A2"].value
    assert sheet[f"A{FIRST_DATA_ROW}"].number_format == "@"
    assert sheet[f"F{FIRST_DATA_ROW}"].is_date


def test_a_table_without_rows_still_gets_its_sheet_and_one_not_asked_for_does_not():
    book = CalamineWorkbook.from_filelike(io.BytesIO(render_workbook({**TABLES, "goals": []})))
    assert book.sheet_names == ["Instructions", "Cover", "Goals", "Actions", "Application 1003", "Codes"]
    assert len([r for r in book.get_sheet_by_name("Goals").to_python() if any(r)]) == HEADER_ROW


@pytest.mark.parametrize("name", list(submission_tables()))
def test_every_code_column_has_a_list_of_exactly_its_codes(name: str):
    table = submission_tables()[name]
    book = openpyxl.load_workbook(io.BytesIO(render_workbook({name: []})))
    lists = {}
    for rule in book[table.sheet].data_validations.dataValidation:
        cells = next(iter(rule.sqref.ranges))
        assert cells.min_row == FIRST_DATA_ROW
        lists[table.fields[cells.min_col - 1].name] = rule.formula1
    for field in table.fields:
        if field.code_set:
            place = lists.pop(field.name).split("!")[1].replace("$", "")
            assert [c[0].value for c in book["Codes"][place]] == list(field.code_set.codes)
    assert set(lists) == {f.name for f in table.fields if f.type == "boolean"}


def test_text_that_looks_like_a_formula_stays_text():
    row = {**ACTION, "description": '=HYPERLINK("http://example.org","x")'}
    data = render_workbook({"actions": [row]})
    cell = openpyxl.load_workbook(io.BytesIO(data))["Actions"].cell(FIRST_DATA_ROW, 3)
    assert cell.value == row["description"]
    sheets = [n for n in zipfile.ZipFile(io.BytesIO(data)).namelist() if n.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in zipfile.ZipFile(io.BytesIO(data)).read(n) for n in sheets)


def test_what_xml_forbids_does_not_break_the_file():
    row = {**ACTION, "description": "a\x00b\x1fc\ud800d\uffffe", "anticipated_outputs": "x" * 40_000}
    found = first_row(render_workbook({"actions": [row]}, title="<&>\x01"), "actions")
    assert str(found["description"]).startswith("a")
    assert len(str(found["anticipated_outputs"])) == 32_767


@settings(max_examples=150, deadline=None)
@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=40))
def test_any_text_comes_back_from_the_workbook(text: str):
    book = openpyxl.load_workbook(io.BytesIO(render_workbook({"actions": [{**ACTION, "description": text}]})))
    assert book["Actions"].cell(FIRST_DATA_ROW, 3).value == text


def test_a_zip_holds_one_csv_for_each_table_in_the_order_of_the_contracts():
    with zipfile.ZipFile(io.BytesIO(render_csv_zip({**TABLES, "goals": []}))) as z:
        assert z.namelist() == ["cover.csv", "goals.csv", "actions.csv", "application_1003.csv"]
        assert {i.date_time for i in z.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        header, row = z.read("actions.csv").decode("utf-8").splitlines()
        assert header.split(",") == [f.name for f in submission_tables()["actions"].fields]
        assert row.startswith(
            "01010101,1.1.1.1,Train <coaches> & 'leaders',,2023-09-01,2024-02-29,1200.5,1003"
        )
        assert ",true," in z.read("application_1003.csv").decode()


def test_a_table_that_no_contract_knows_is_refused_by_name():
    with pytest.raises(KeyError, match="grades"):
        render_workbook({"grades": []})


def test_a_row_whose_sentence_wraps_is_high_enough_to_read_it():
    rows = [
        {**ACTION, "description": "Short"},
        {**ACTION, "description": "A long sentence of the plan. " * 5},
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(render_workbook({"actions": rows})))["Actions"]
    assert sheet.row_dimensions[FIRST_DATA_ROW].height is None
    assert sheet.row_dimensions[FIRST_DATA_ROW + 1].height >= 4 * 15
    assert sheet.cell(FIRST_DATA_ROW + 1, 3).alignment.wrap_text
