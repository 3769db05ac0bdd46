"""Workbooks as people and programs make them: formulas, merged cells, errors, hidden sheets, days of 1904."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from intake_home import LEA, NIGHT, SCHOOL, SECOND, Home, good
from old_workbooks import Error, Formula, ods, xls, xlsb

from orchestration.intake import xls_cells
from orchestration.intake.cell_marks import put_faults
from orchestration.intake.template import render_workbook

Edit = Callable[[bytes], bytes]


def edited(data: bytes, **edits: Edit) -> bytes:
    """A workbook with parts changed: `sheet3=` changes xl/worksheets/sheet3.xml, `workbook=` xl/workbook.xml."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            part = old.read(member)
            edit = edits.get(Path(member.filename).stem)
            if edit is not None:
                before, part = part, edit(part)
                assert part != before, "the edit found nothing to change"
            new.writestr(member.filename, part)
    return out.getvalue()


def calculated(part: bytes) -> bytes:
    """As Excel leaves a workbook that it has calculated; the writer of the template asks for it still."""
    return part.replace(b' fullCalcOnLoad="1"', b"")


def formulas(**columns: tuple[bytes, bytes]) -> Edit:
    """Put formulas into cells: `F4=(formula, stored value)`."""

    def edit(part: bytes) -> bytes:
        for cell, (formula, value) in columns.items():
            found = re.search(rb'<c r="%s"( s="\d+")?[^>]*?(?:/>|>.*?</c>)' % cell.encode(), part)
            assert found is not None, cell
            part = part.replace(
                found[0], b'<c r="%s"%s>%s%s</c>' % (cell.encode(), found[1] or b"", formula, value)
            )
        return part

    return edit


def notes(home: Home) -> list[tuple[str, str | None, Any]]:
    return sorted((f["rule_id"], f["source_cell"], f["value"]) for f in home.findings())


SHEET = "sheet3"  # Instructions, Cover, Action status


def five(**more: Any) -> dict[str, list[dict[str, Any]]]:
    return good(5, percent_complete=50, **more)


# ------------------------------------------------------------------ formulas


def test_the_stored_value_of_a_formula_is_used_and_told_once_for_a_run_of_them(home: Home) -> None:
    shared = b'<f t="shared" ref="D5:D7" si="0">25+5</f>'
    cells = {
        "D5": (shared, b"<v>30</v>"),
        "D6": (b'<f t="shared" si="0"/>', b"<v>31</v>"),
        "D7": (b'<f t="shared" si="0"/>', b"<v>32</v>"),
    }
    data = edited(render_workbook(five()), workbook=calculated, **{SHEET: formulas(**cells)})
    home.drop_bytes(data, "report.xlsx")
    assert home.night().accepted == 1
    assert [int(r["percent_complete"]) for r in home.rows("submission__action_status")] == [
        50,
        30,
        31,
        32,
        50,
    ]
    (finding,) = home.findings()
    assert (finding["rule_id"], finding["severity"], finding["source_cell"]) == ("cell.formula", "flag", "D5")
    assert finding["message"] == (
        "Action status, row 5, Percent complete: The cell holds a formula. Its stored value, '30', was used, and so "
        "were those of the cells below it, down to D7. If that is not what you mean, type the value."
    )


def test_every_cell_that_one_array_formula_fills_is_a_formulas(home: Home) -> None:
    def spread(part: bytes) -> bytes:
        part = formulas(D4=(b'<f t="array" ref="D4:D5">x</f>', b"<v>10</v>"))(part)
        return formulas(D5=(b"", b"<v>11</v>"))(part)

    home.drop_bytes(edited(render_workbook(five()), workbook=calculated, **{SHEET: spread}), "r.xlsx")
    assert home.night().accepted == 1
    assert "down to D5" in home.findings()[0]["message"]


def test_a_formula_that_nobody_calculated_is_not_guessed(
    home: Home, make_home: Callable[[str], Home]
) -> None:
    bare = {"D5": (b"<f>25*2</f>", b""), "D6": (b"<f>25*2</f>", b"<v></v>")}
    data = edited(render_workbook(five()), workbook=calculated, **{SHEET: formulas(**bare)})
    home.drop_bytes(data, "bare.xlsx")
    # programs that cannot calculate store 0, and say that it is to be calculated when the file is opened
    data = edited(render_workbook(five()), **{SHEET: formulas(D5=(b"<f>25*2</f>", b"<v>0</v>"))})
    other = make_home("other")
    other.drop_bytes(data, "placeholder.xlsx")
    assert (home.night().rejects, other.night().rejects) == (2, 1)
    assert {f["rule_id"] for f in home.findings() + other.findings()} == {"cell.not_calculated"}
    assert "Open the file in Excel, save it" in home.findings()[0]["message"]
    assert [f["source_cell"] for f in home.findings()] == ["D5", "D6"]


def test_formulas_that_give_nothing_or_stand_in_columns_of_the_senders_own_are_not_told(home: Home) -> None:
    def edit(part: bytes) -> bytes:
        blank = (b'<f>IF(A4="","","")</f>', b"<v></v>")
        return (
            formulas(E4=blank, E5=blank)(part)
            .replace(b'<c r="E4"', b'<c t="str" r="E4"')
            .replace(b'<c r="E5"', b'<c t="str" r="E5"')
        )

    tables = five(completed_on=date(2024, 1, 3))
    home.drop_bytes(edited(render_workbook(tables), workbook=calculated, **{SHEET: edit}), "a.xlsx")
    assert home.night().accepted == 1
    assert not home.findings()
    own = [["Organization ID", "Action", "Status", "flex_Sum"], [SCHOOL, "1.1.1.1", "delayed", 7]]
    data = edited(book({"Cover": COVER, "Action status": own}), workbook=calculated,
                  sheet2=formulas(D2=(b"<f>3+4</f>", b"<v>7</v>")))  # fmt: skip
    home.drop_bytes(data, "b.xlsx")
    assert home.night(NIGHT + timedelta(days=1)).accepted == 1
    assert not home.findings()


COVER = [["LEA ID", "Reporting month"], [LEA, "2024-01"]]


def book(
    sheets: dict[str, list[list[Any]]], change: Callable[[openpyxl.Workbook], None] = lambda b: None
) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_the_templates_own_workbooks_hold_no_formula_merged_cell_or_hidden_sheet(home: Home) -> None:
    home.drop_bytes(render_workbook(five(), prefilled=True), "prefilled.xlsx")
    assert home.night().accepted == 1
    assert not home.findings()


# ------------------------------------------------------------------ merged cells

HEADER = ["Organization ID", "Action", "Status", "Spent to date", "Cause"]


def merged(*ranges: str) -> Callable[[openpyxl.Workbook], None]:
    def change(made: openpyxl.Workbook) -> None:
        for each in ranges:
            made["Action status"].merge_cells(each)

    return change


def test_a_merged_key_or_text_counts_for_each_of_its_rows_and_is_told_for_each(home: Home) -> None:
    rows = [
        ["January report"], HEADER,
        [SCHOOL, "1.1.1.1", "delayed", 10, "Staff left"], [None, "1.1.1.2", "delayed", 20, None],
        [None, "1.1.1.3", "delayed", 30, "Late"], [SECOND, "1.1.1.1", "delayed", 40, None],
    ]  # fmt: skip
    data = book({"Cover": COVER, "Action status": rows}, merged("A1:E1", "A3:A5", "E3:E4", "A6:A9"))
    home.drop_bytes(data, "r.xlsx")
    assert home.night().accepted == 1
    assert [(r["org_id"], r["action_code"], r["cause"]) for r in read(home)] == [
        (SCHOOL, "1.1.1.1", "Staff left"),
        (SCHOOL, "1.1.1.2", "Staff left"),
        (SCHOOL, "1.1.1.3", "Late"),
        (SECOND, "1.1.1.1", None),
    ]
    filled = "cell.merged_filled"
    told = [n for n in notes(home) if n[0] == filled]
    assert told == [(filled, "A4", SCHOOL), (filled, "A5", SCHOOL), (filled, "E4", "Staff left")]
    assert len(home.findings()) == 3 and "merged cells A3:A5" in home.findings()[0]["message"]


def read(home: Home) -> list[dict[str, Any]]:
    return sorted(home.rows("submission__action_status"), key=lambda r: r["source_row"])


def test_a_merged_amount_or_day_or_a_block_is_not_shared_out_and_is_told(home: Home) -> None:
    rows = [
        HEADER,
        [SCHOOL, "1.1.1.1", "delayed", 300, "x"], [SCHOOL, "1.1.1.2", "delayed", None, "y"],
        [SCHOOL, "1.1.1.3", "delayed", 7, None],
    ]  # fmt: skip
    home.drop_bytes(book({"Cover": COVER, "Action status": rows}, merged("D2:D3", "D4:E4")), "r.xlsx")
    assert home.night().accepted == 1
    assert [r["spent_to_date"] and int(r["spent_to_date"]) for r in read(home)] == [300, None, 7]
    assert notes(home) == [("cell.merged", "D2", "300"), ("cell.merged", "D4", "7")]
    assert "D2:D3 are merged. Only the first cell of them has the value" in home.findings()[0]["message"]


def test_a_value_that_a_merged_cell_covers_is_told(home: Home) -> None:
    rows = [HEADER, [SCHOOL, "1.1.1.1", "delayed", 1, "seen"], [SCHOOL, "1.1.1.2", "delayed", 2, "covered"]]

    def cover_up(part: bytes) -> bytes:
        return part.replace(
            b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="E2:E3"/></mergeCells>'
        )

    home.drop_bytes(edited(book({"Cover": COVER, "Action status": rows}), sheet2=cover_up), "r.xlsx")
    assert home.night().accepted == 1
    assert [r["cause"] for r in read(home)] == ["seen", "covered"]
    assert notes(home) == [("cell.merged", "E2", "seen")]
    assert "does not show" in home.findings()[0]["message"] and "E3" in home.findings()[0]["message"]


# ------------------------------------------------------------------ the other formats of workbooks


@pytest.mark.parametrize(("make", "suffix"), [(xls, ".xls"), (xlsb, ".xlsb"), (ods, ".ods")])
def test_errors_formulas_and_merged_cells_of_the_other_formats_are_seen(
    home: Home, make: Callable[..., bytes], suffix: str
) -> None:
    rows: list[list[Any]] = [
        HEADER,
        [SCHOOL, "1.1.1.1", "delayed", Formula(12.5), "x"],
        [None, "1.1.1.2", "delayed", Error("#DIV/0!", formula=True), "x"],
        [None, "1.1.1.3", "delayed", 3.0, Error("#REF!")],
        [SECOND, "1.1.1.1", Error("#N/A"), None, None],
    ]
    data = make({"Cover": COVER, "Action status": rows}, {"Action status": [(1, 0, 3, 0)]})
    home.drop_bytes(data, f"report{suffix}")
    report = home.night()
    assert (report.accepted_with_rejects, report.rejects) == (1, 3)
    assert [(r["org_id"], r["action_code"], float(r["spent_to_date"])) for r in read(home)] == [
        (SCHOOL, "1.1.1.1", 12.5)
    ]
    assert notes(home) == [
        ("cell.error", "C5", "#N/A"),
        ("cell.error", "D3", "#DIV/0!"),
        ("cell.error", "E4", "#REF!"),
        ("cell.formula", "D2", "12.5"),
        ("cell.merged_filled", "A3", SCHOOL),
        ("cell.merged_filled", "A4", SCHOOL),
        ("file.old_format", None, suffix),
    ]
    assert "can't be told" not in str(home.findings())


def test_an_xls_whose_records_cannot_be_followed_is_read_and_says_what_was_not_seen(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(data: bytes) -> dict[str, Any]:
        raise ValueError("no such sector")

    monkeypatch.setattr(xls_cells, "marks", lost)
    rows = [HEADER, [SCHOOL, "1.1.1.1", "delayed", 1.0, "x"]]
    home.drop_bytes(xls({"Cover": COVER, "Action status": rows}), "report.xls")
    assert home.night().accepted == 1
    assert "can't be told from empty ones" in home.findings()[0]["message"]


def test_a_package_that_keeps_its_sheets_elsewhere_hides_no_error(home: Home) -> None:
    rows = [HEADER, [SCHOOL, "1.1.1.1", "delayed", 1, "#REF!"]]
    with zipfile.ZipFile(io.BytesIO(book({"Cover": COVER, "Action status": rows}))) as old:
        parts = {n: old.read(n) for n in old.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, part in parts.items():
            new.writestr(
                name.replace("xl/", "book/"), part.replace(b"/xl/", b"/book/").replace(b'"xl/', b'"book/')
            )
    home.drop_bytes(out.getvalue(), "r.xlsx")
    assert home.night().rejects == 1
    assert notes(home) == [("cell.error", "E2", "#REF!")]


def test_an_error_at_a_place_that_no_sheet_has_is_no_cell() -> None:
    rows = [["a", "b"], ["c", "d"]]
    put_faults(rows, [(4_000_000_000, 0, "#REF!"), (0, 1_000_000, "#REF!"), (3, 1, "#N/A"), (1, 0, "#NUM!")])
    assert rows == [["a", "b"], ["#NUM!", "d"], ["", ""], ["", "#N/A"]]


# ------------------------------------------------------------------ hidden, moved, old days, endless


def test_a_hidden_sheet_counts_and_is_told_and_so_do_hidden_rows(home: Home) -> None:
    def hide(made: openpyxl.Workbook) -> None:
        made["Action status"].sheet_state = "hidden"
        made["Action status"].row_dimensions[2].hidden = True

    rows = [HEADER, [SCHOOL, "1.1.1.1", "delayed", 1, "x"]]
    sheets = {"Cover": COVER, "Action status": rows, "Goals": [["Organization ID", "Goal", "Goal statement"]]}

    def hide_all(made: openpyxl.Workbook) -> None:
        hide(made)
        made["Goals"].sheet_state = "veryHidden"

    home.drop_bytes(book(sheets, hide_all), "r.xlsx")
    assert home.night().accepted == 1
    assert len(read(home)) == 1
    assert notes(home) == [("sheet.hidden", None, "Action status")]  # an empty one hides nothing


@pytest.mark.parametrize("old", [False, True])
def test_a_day_is_the_same_day_whether_the_workbook_counts_from_1900_or_1904(home: Home, old: bool) -> None:
    def since_1904(made: openpyxl.Workbook) -> None:
        if old:
            made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    rows = [
        ["Organization ID", "Action", "Status", "Completed on"],
        [SCHOOL, "1.1.1.1", "completed", date(2024, 1, 31)],
    ]
    home.drop_bytes(book({"Cover": COVER, "Action status": rows}, since_1904), "r.xlsx")
    assert home.night().accepted == 1
    assert read(home)[0]["completed_on"] == date(2024, 1, 31)


def test_a_day_number_that_lost_its_date_format_in_a_workbook_of_1904_is_the_day_that_it_meant(
    home: Home,
) -> None:
    def since_1904(made: openpyxl.Workbook) -> None:
        made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    rows = [
        ["Organization ID", "Action", "Status", "Completed on"],
        [SCHOOL, "1.1.1.1", "completed", 43860],  # 2024-01-31 as days since 1904
    ]
    home.drop_bytes(book({"Cover": COVER, "Action status": rows}, since_1904), "r.xlsx")
    home.night()
    assert read(home)[0]["completed_on"] == date(2024, 1, 31)
    assert notes(home) == [("date.from_number", "D2", "43860 (days since 1904)")]


def test_sheets_and_columns_in_another_order_are_read_the_same(home: Home) -> None:
    rows = [["Status", "flex_Mine", "Action", "Organization ID"], ["delayed", "A7", "1.1.1.1", SCHOOL]]
    home.drop_bytes(book({"Action status": rows, "Cover": COVER}), "r.xlsx")
    assert home.night().accepted == 1
    assert not home.findings()


def test_numbers_as_text_and_texts_as_numbers_are_read_as_what_their_column_holds(home: Home) -> None:
    rows = [
        ["Organization ID", "Action", "Status", "Percent complete", "Spent to date", "Cause"],
        [100001, "1.1.1.1", "delayed", "45", "1,200.50", 7],
    ]
    home.drop_bytes(book({"Cover": COVER, "Action status": rows}), "r.xlsx")
    assert home.night().accepted == 1
    row = read(home)[0]
    assert (row["org_id"], float(row["percent_complete"]), float(row["spent_to_date"]), row["cause"]) == (
        SCHOOL, 45.0, 1200.5, "7",
    )  # fmt: skip
    assert notes(home) == [("id.leading_zero", "A2", "100001")]


def test_a_million_blank_rows_cost_no_more_than_their_reading(home: Home) -> None:
    def last_row(part: bytes) -> bytes:
        end = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t> </t></is></c></row></sheetData>'
        return part.replace(b"</sheetData>", end)

    rows = [["Organization ID", "Action", "Status"], [SCHOOL, "1.1.1.1", "delayed"]]
    home.drop_bytes(edited(book({"Cover": COVER, "Action status": rows}), sheet2=last_row), "r.xlsx")
    assert home.night().accepted == 1
    assert len(read(home)) == 1 and not home.findings()
