"""The workbook and the zip of CSVs: what is written comes back, the same bytes every time."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

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
    assert answers["assures_monitoring"] == "yes"
    assert answers["assures_alignment"] == "no"


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
    assert sheet.freeze_panes == f"C{HEADER_ROW + 1}"  # the key stays in sight too
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
        if rule.type != "list":
            continue
        lists[table.fields[cells.min_col - 1].name] = rule.formula1
    for field in table.fields:
        if field.code_set:
            place = lists.pop(field.name).split("!")[1].replace("$", "")
            assert [c[0].value for c in book["Codes"][place]] == list(field.code_set.codes)
    assert lists == {f.name: '"yes,no"' for f in table.fields if f.type == "boolean"}


def rules_of(data: bytes, name: str) -> dict[str, Any]:
    """The entry rules of a table's sheet by column, and the sheet."""
    table = submission_tables()[name]
    sheet = openpyxl.load_workbook(io.BytesIO(data))[table.sheet]
    found = {}
    for rule in sheet.data_validations.dataValidation:
        cells = next(iter(rule.sqref.ranges))
        found[table.fields[cells.min_col - 1].name] = rule
    return found


def test_days_take_only_days_and_percents_only_0_to_100_down_to_the_sheets_end():
    rules = rules_of(render_workbook({"action_status": []}), "action_status")
    assert rules["completed_on"].type == "date"
    percent = rules["percent_complete"]
    assert (percent.type, percent.operator, percent.formula1, percent.formula2) == (
        "decimal",
        None,
        "0",
        "100",
    )
    assert next(iter(percent.sqref.ranges)).max_row == 1_048_576
    assert rules["outputs_finished"].prompt == "What exists now. Example: Calendar published"
    assert all(len(r.prompt or "") <= 255 and len(r.promptTitle or "") <= 32 for r in rules.values())


PREFILLED = {
    "cover": TABLES["cover"],
    "action_status": [
        {"org_id": "01010101", "action_code": "1.1.1.1", "status": "delayed", "flex_name": "A"}
    ],
}


def test_identity_is_locked_in_filled_rows_and_everything_else_is_open_also_below_them():
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(PREFILLED, prefilled=True)))
    sheet = book["Action status"]
    assert sheet.protection.sheet and sheet.protection.password is None
    assert not sheet.protection.insertRows  # in the file format, false says that it is not forbidden
    header = [c.value for c in sheet[HEADER_ROW]]
    assert header[:5] == ["Organization ID *", "flex_Name", "Action *", "flex_What will be done", "flex_Due"]
    locked = [sheet.cell(FIRST_DATA_ROW, n).protection.locked for n in (1, 2, 3)]
    assert locked == [True, True, True]
    assert not sheet.cell(FIRST_DATA_ROW, header.index("Status *") + 1).protection.locked
    assert not sheet.column_dimensions["A"].protection.locked  # of every row below
    assert book["Cover"]["A4"].protection.locked and book["Cover"]["B4"].protection.locked
    assert not book["Cover"].column_dimensions["D"].protection.locked


def test_required_columns_are_light_below_the_header_and_red_where_a_row_in_use_lacks_them():
    sheet = openpyxl.load_workbook(io.BytesIO(render_workbook(PREFILLED, prefilled=True)))["Action status"]
    status = [c.value for c in sheet[HEADER_ROW]].index("Status *")
    letter = "ABCDEFGHIJKL"[status]
    assert sheet.column_dimensions[letter].fill.fgColor.rgb == "FFFFFCEB"
    assert sheet["A1"].fill.fill_type is None
    (rule,) = next(
        r for cells, r in sheet.conditional_formatting._cf_rules.items() if f"{letter}4:" in str(cells.sqref)
    )
    assert rule.formula == [f"AND(ISBLANK(${letter}4),COUNTA($A4:$L4)>0)"]


ELEMENTS = [
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetProtection", "autoFilter",
    "conditionalFormatting", "dataValidations", "hyperlinks", "pageMargins", "pageSetup",
]  # fmt: skip


def test_the_parts_of_every_sheet_stand_in_the_order_that_the_file_format_asks():
    tables = {name: [] for name in submission_tables()}
    with zipfile.ZipFile(
        io.BytesIO(render_workbook(tables, notes=[("a",), ("b", "c")], prefilled=True))
    ) as z:
        sheets = [n for n in z.namelist() if n.startswith("xl/worksheets/sheet")]
        assert len(sheets) == len(tables) + 2
        for name in sheets:
            places = [ELEMENTS.index(e.tag.split("}")[1]) for e in ElementTree.fromstring(z.read(name))]
            assert places == sorted(places), name


def test_lines_about_the_lea_stand_at_the_end_of_the_instructions():
    data = render_workbook(PREFILLED, notes=[("Your organizations", "Name", ""), ("0101", "A <school>", "x")])
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Instructions").to_python()
    assert rows[-2:] == [["Your organizations", "Name", ""], ["0101", "A <school>", "x"]]
    assert "Codes" in [r[0] for r in rows[-4:-2]]


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
