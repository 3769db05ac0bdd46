"""Files of all shapes, read by the small state's mapping."""

from __future__ import annotations

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from small_state import Home

HEADER = ["Year", "School ID", "TitleI2122", "Enrollment", "Status2021", "Status2022", "SW", "E"]
ROW = [2022.0, "010203", "Yes", 411.0, "None", "Lowest", 1.0, 0.0]


def own_year(home: Home) -> list[dict[str, Any]]:
    rows = home.rows("feed__designations")
    return rows[rows["list_year"] == rows["school_year"]].to_dict("records")


def test_a_status_column_of_each_year_becomes_a_row_of_its_year(home: Home) -> None:
    home.workbook("lists/status_22.xlsx", {"List": [HEADER, ROW]})
    home.load()
    rows = home.rows("feed__designations").sort_values("school_year").to_dict("records")
    assert [(r["list_year"], r["school_year"], r["category"]) for r in rows] == [
        ("2022-23", "2021-22", "none"),
        ("2022-23", "2022-23", "CSI"),
    ]
    assert (rows[0]["is_title1"], rows[0]["subgroups"]) == (None, None)
    assert (rows[1]["is_title1"], rows[1]["subgroups"], rows[1]["enrollment"]) == (True, "SWD", 411)
    assert (rows[1]["source_file"], rows[1]["source_sheet"], rows[1]["source_row"]) == (
        "lists/status_22.xlsx",
        "List",
        2,
    )


def test_next_years_file_with_more_columns_and_another_sheet_order_loads_unchanged(home: Home) -> None:
    layout = [["Field", "Description"], ["School ID", "text"], ["Status2022", "text"], ["Year", "year"]]
    header = [
        "Colors",
        "SID",
        "Year",
        "TitleI2122",
        "TitleI2223",
        "Enrollment",
        "Status2021",
        "Status2022",
        "Status2023",
        "E",
        "SW",
    ]
    row = ["Yes", "010203", "2023", "No", "Yes", "*", "None", "Lowest", "Lowest", 1, 1]
    home.workbook("lists/status_23.xlsx", {"Record Layout": layout, "List": [["The list"], [], header, row]})
    report = home.load()
    assert (report.refused, report.rows["designations"]) == (0, 3)
    (own,) = own_year(home)
    assert (own["list_year"], own["is_title1"], own["subgroups"]) == ("2023-24", True, "SWD,EL")
    assert own["enrollment"] is None  # '*' in the file
    assert (
        home.file("lists/status_23.xlsx")["header_row"],
        home.file("lists/status_23.xlsx")["notes_dropped"],
    ) == (3, 1)


@pytest.mark.parametrize("header", ["School ID", "SID", "school\nid ", "SCHOOL_ID"])
def test_a_column_is_known_by_its_aliases_whatever_its_case_and_spaces(home: Home, header: str) -> None:
    home.workbook("lists/status_22.xlsx", {"List": [[HEADER[0], header, *HEADER[2:]], ROW]})
    home.load()
    assert [r["org_id"] for r in own_year(home)] == ["010203"]


def test_a_leading_zero_stays_and_a_lost_one_is_put_back_and_counted(home: Home) -> None:
    rows = [HEADER, ROW, [2022, 20304.0, "Yes", 1, "None", "None", 0, 0]]
    home.workbook("lists/status_22.xlsx", {"List": rows})
    home.load()
    assert [r["org_id"] for r in own_year(home)] == ["010203", "020304"]
    assert "A leading zero put back in the ID of 1 rows" in home.file("lists/status_22.xlsx")["message"]


def test_an_id_that_is_two_digits_short_is_rejected_because_nothing_is_certain(home: Home) -> None:
    home.workbook(
        "lists/status_22.xlsx", {"List": [HEADER, [2022, 304.0, "Yes", 1, "None", "None", 0, 0], ROW]}
    )
    home.load()
    said = home.file("lists/status_22.xlsx")
    assert (said["rows_read"], said["rows_loaded"], said["rows_rejected"]) == (2, 2, 2)
    assert "row 2, column School ID: '304' is no ID of this state" in said["message"]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("cp1252", "cp1252"), ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16")],
)
def test_names_come_out_right_in_every_encoding(home: Home, encoding: str, said: str) -> None:
    text = "School ID,School Name,Status\r\n010203,Año Nuevo,Active\r\n"
    home.drop("lists/directory_2021-10-05.csv", text.encode(encoding))
    home.load()
    assert home.rows("feed__directory")["org_name"].tolist() == ["Año Nuevo"]
    assert f"Read as {said}," in home.file("lists/directory_2021-10-05.csv")["message"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_any_delimiter_and_compression_are_found_out(home: Home, delimiter: str) -> None:
    text = "School ID,School,Status\n010203,North,Active\n".replace(",", delimiter)
    home.drop("lists/directory_2021-10-05.csv.gz", gzip.compress(text.encode()))
    home.load()
    assert home.rows("feed__directory")["org_name"].tolist() == ["North"]


def test_titles_above_and_notes_below_are_dropped_and_counted(home: Home) -> None:
    rows = [
        ["Department of Education"], [], ["5 October 2021"],
        ["School ID", "School", "Status", "Closed"],
        ["010203", "North", "Active", ""],
        ["010000", "District", "Closed", "6/30/2020"],
        [], ["Total Records = ", 2], ["February 2023"],
    ]  # fmt: skip
    home.workbook("lists/directory_2021-10-05.xlsx", {"Schools": rows})
    home.load()
    said = home.file("lists/directory_2021-10-05.xlsx")
    assert (said["rows_read"], said["rows_loaded"], said["rows_rejected"], said["notes_dropped"]) == (
        2,
        2,
        0,
        4,
    )
    assert "'Total Records = 2'" in said["message"]
    lea = home.rows("feed__directory").set_index("org_id").loc["010000"]
    assert (lea["org_level"], lea["lea_id"], lea["status"], lea["closed_on"]) == (
        "lea",
        "010000",
        "closed",
        date(2020, 7, 1),
    )


def test_a_bad_row_among_the_good_is_rejected_not_taken_for_a_note(home: Home) -> None:
    home.drop("lists/directory_2021-10-05.csv", "School ID,School,Status\nsubtotal,,\n010203,North,Active\n")
    home.load()
    said = home.file("lists/directory_2021-10-05.csv")
    assert (said["rows_loaded"], said["rows_rejected"], said["notes_dropped"]) == (1, 1, 0)
    assert "row 2, column School ID: 'subtotal'" in said["message"]


def test_a_key_that_stands_twice_in_one_file_is_kept_once_and_said(home: Home) -> None:
    home.drop(
        "lists/directory_2021-10-05.csv",
        "School ID,School,Status\n010203,First,Active\n010203,Second,Active\n",
    )
    home.load()
    said = home.file("lists/directory_2021-10-05.csv")
    assert home.rows("feed__directory")["org_name"].tolist() == ["First"]
    assert said["rows_rejected"] == 1
    assert "row 3: effective_on 2021-10-05, org_id 010203 stood in an earlier row" in said["message"]


def test_an_unknown_code_in_an_optional_column_is_blank_and_said(home: Home) -> None:
    home.drop("lists/directory_2021-10-05.csv", "School ID,School,Status\n010203,North,Asleep\n")
    home.load()
    assert home.rows("feed__directory")["status"].tolist() == [None]
    assert (
        "1 cells of column Status could not be read and are blank (row 2: 'Asleep'"
        in home.file("lists/directory_2021-10-05.csv")["message"]
    )


def test_wide_groups_become_rows_and_markers_stay_beside_blank_figures(home: Home) -> None:
    text = "Year,D,S,NALL,RALL,NSW,RSW\n2020-2021,1,203,100,15.55,--,--\n2020-2021,010,204,NT,NT,5,<10\n"
    home.drop("absence_2021.csv", text)
    home.load()
    rows = home.rows("feed__indicator_results").set_index(["org_id", "subgroup"])
    assert rows.loc[("001203", "ALL"), "rate"] == Decimal("15.5500")
    found = {key: (row["rate"], row["marker"]) for key, row in rows.iterrows() if key != ("001203", "ALL")}
    assert found == {
        ("001203", "SWD"): (None, "--"),
        ("010204", "ALL"): (None, "NT"),
        ("010204", "SWD"): (None, "<10"),
    }
    assert set(rows["school_year"]) == {"2020-21"}


def test_groups_that_a_file_has_no_columns_for_are_said(home: Home) -> None:
    home.drop("absence_2021.csv", "Year,D,S,NALL,RALL\n2020-21,001,203,100,15.5\n")
    home.load()
    assert len(home.rows("feed__indicator_results")) == 1
    assert "No columns for SW" in home.file("absence_2021.csv")["message"]


def test_amounts_keep_every_digit_and_are_rounded_half_up_once(home: Home) -> None:
    home.drop(
        "money_2024.csv", 'LEA,Amount\n010000,283867.8849482517\n020000,0.005\n030000,"1,000.004"\n040000,0\n'
    )
    home.load()
    rows = home.rows("feed__title1_allocations").set_index("lea_id")
    assert rows["amount_reported"].map(Decimal.normalize).astype(str).tolist() == [
        "283867.8849482517",
        "0.005",
        "1000.004",
        "0",
    ]
    assert rows["amount"].tolist() == [
        Decimal("283867.88"),
        Decimal("0.01"),
        Decimal("1000.00"),
        Decimal("0.00"),
    ]
    message = home.file("money_2024.csv")["message"]
    assert "amount_reported 284,867.8939482517" in message
    assert "amount_reported less amount is 0.0039482517" in message


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04 no workbook", b"\x1f\x8b broken", b"\xd0\xcf\x11\xe0 broken", b"abc\n", b"a,\x00b\n"],
)
def test_an_unreadable_file_is_refused_and_the_night_goes_on(home: Home, data: bytes) -> None:
    home.drop("lists/directory_2021-10-05.xlsx", data)
    home.drop("lists/directory_2018-06-01.csv", "School ID,School,Status\n010203,North,Active\n")
    report = home.load()
    assert (report.loaded, report.refused) == (1, 1)
    assert home.file("lists/directory_2021-10-05.xlsx")["outcome"] == "refused"


def test_hostile_workbooks_are_refused_with_a_reason(home: Home, bad_inputs: Path) -> None:
    names = ["date.xlsx", "empty_sheet.xlsx", "errors.xlsx", "encoded_entities.xlsx"]
    for n, name in enumerate(names, 1):
        home.drop(f"lists/directory_2021-01-0{n}.xlsx", (bad_inputs / "calamine" / name).read_bytes())
    report = home.load()
    assert (report.loaded, report.refused) == (0, len(names))
    assert all(home.rows("feed__files")["message"].str.len() > 20)
