"""Rows and files: every rule shown to fire for its reason, through the whole of intake."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from intake_home import (
    ARRIVED,
    LEA,
    OTHER_LEA,
    OTHER_SCHOOL,
    SCHOOL,
    SECOND,
    Home,
    cover,
    good,
    status,
    touch,
)

Finding = tuple[str, str | None, int | None, str | None]


def found(home: Home, severity: str | None = None) -> list[Finding]:
    return [
        (f["rule_id"], f["source_sheet"], f["source_row"], f["column_name"]) for f in home.findings(severity)
    ]


def test_a_good_workbook_is_accepted_with_lineage(home: Home) -> None:
    home.drop(good(2, percent_complete=50, completed_on=date(2024, 1, 3), spent_to_date=12.5))
    report = home.night()
    assert (report.files, report.accepted, report.rows, report.rejects, report.flags) == (1, 1, 3, 0, 0)
    row = home.rows("submission__action_status")[1]
    assert (row["lea_id"], row["period"], row["received_at"]) == (LEA, "2024-01", ARRIVED)
    assert (row["source_sheet"], row["source_row"], row["action_code"]) == ("Action status", 5, "1.1.1.2")
    assert str(row["percent_complete"]) == "50.0000"
    assert row["submission_id"] == f"{LEA}-{row['file_sha256'][:12]}"
    assert [t["table_name"] for t in home.rows("intake__tables")] == ["action_status", "cover"]


def test_the_same_tables_as_a_zip_of_csvs_give_the_same_rows(make_home: Any) -> None:
    tables = {
        **good(3, percent_complete=50, completed_on=date(2024, 1, 3)),
        "root_causes": [
            {"org_id": SCHOOL, "chain_no": 1, "why_no": 1, "cause": 'A, "b"\nc', "is_actionable": True}
        ],
    }
    workbook, csvs = make_home("a"), make_home("b")
    workbook.drop(tables)
    csvs.drop(tables, "report.zip")
    assert workbook.night().accepted == csvs.night().accepted == 1

    def content(home: Home, table: str) -> list[dict[str, Any]]:
        skip = ("submission_id", "file_sha256", "source_sheet", "source_row")
        return [{k: v for k, v in r.items() if k not in skip} for r in home.rows(f"submission__{table}")]

    for table in tables:
        assert content(workbook, table) == content(csvs, table)


def test_a_bad_row_is_put_aside_and_the_others_go_on(home: Home) -> None:
    tables = good(1)
    tables["action_status"].append(status(action_code="1.1.1.2", completed_on="soon"))
    home.drop(tables)
    assert home.night().accepted_with_rejects == 1
    (finding,) = home.findings()
    assert finding["severity"] == "reject" and finding["value"] == "soon"
    assert finding["message"] == (
        "Action status, row 5, Completed on: 'soon' is not a day. "
        "Write it as 2024-01-31 or 1/31/2024 (month first)."
    )
    assert [r["action_code"] for r in home.rows("submission__action_status")] == ["1.1.1.1"]
    assert (home.submission()["rows_accepted"], home.submission()["rows_rejected"]) == (2, 1)


@pytest.mark.parametrize(
    ("row", "rule", "column"),
    [
        (status(status=None), "value.missing", "Status"),
        (status(status="nearly"), "code.unknown", "Status"),
        (status(percent_complete=120), "value.range", "Percent complete"),
        (status(percent_complete="half"), "number.unreadable", "Percent complete"),
        (status(spent_to_date=1e20), "number.too_large", "Spent to date"),
        (status(completed_on="2024-02-31"), "date.unreadable", "Completed on"),
        (status(completed_on="1024-02-01"), "date.implausible", "Completed on"),
        (status(cause="#REF!"), "cell.error", "Cause"),
        (status(action_code="1.1"), "plan_code.unreadable", "Action"),
        (status(org_id="77"), "org.form", "Organization ID"),
        (status(org_id="SCHOOL1"), "org.form", "Organization ID"),
        (status(org_id="9999999"), "org.unknown", "Organization ID"),
    ],
)
def test_a_row_is_rejected_for_its_reason(home: Home, row: dict[str, Any], rule: str, column: str) -> None:
    tables = good(1)
    tables["action_status"].append({**row, "action_code": row["action_code"].replace("1.1.1.1", "1.1.1.9")})
    home.drop(tables)
    report = home.night()
    assert (report.accepted_with_rejects, report.rejects, report.rows) == (1, 1, 2)
    assert found(home) == [(rule, "Action status", 5, column)]


@pytest.mark.parametrize(
    ("row", "rule", "read"),
    [
        (status(org_id=100001), "id.leading_zero", {"org_id": SCHOOL}),
        (status(org_id="100001"), "id.leading_zero", {"org_id": SCHOOL}),
        (status(action_code="Action 1.1.1:1"), "plan_code.normalised", {"action_code": "1.1.1.1"}),
        (status(percent_complete=0.25), "percent.fraction", {}),
        (status(spent_to_date=1.005), "number.rounded", {}),
        (status(completed_on="45322"), "date.from_number", {"completed_on": date(2024, 1, 31)}),
        (status(completed_on="1/31/24"), "date.two_digit_year", {"completed_on": date(2024, 1, 31)}),
    ],
)
def test_what_is_read_but_not_certain_is_flagged(
    home: Home, row: dict[str, Any], rule: str, read: dict[str, Any]
) -> None:
    home.drop({"cover": cover(), "action_status": [row]})
    report = home.night()
    assert (report.accepted, report.flags) == (1, 1)
    assert [f["rule_id"] for f in home.findings("flag")] == [rule]
    (typed,) = home.rows("submission__action_status")
    assert {k: typed[k] for k in read} == read


def test_an_organization_of_the_wrong_level_is_flagged(home: Home) -> None:
    home.drop({"cover": cover(), "organizations": [{"org_id": SCHOOL, "org_level": "lea"}]})
    assert home.night().accepted == 1
    assert found(home) == [("org.level", "Organizations", 4, "Level")]


def test_a_repeated_key_keeps_the_first_row_and_names_it(home: Home) -> None:
    rows = [status(), status(SECOND), status(action_code="1. 1. 1. 1"), status()]
    home.drop({"cover": cover(), "action_status": rows})
    assert home.night().rejects == 2
    messages = [f["message"] for f in home.findings("reject")]
    assert [f["source_row"] for f in home.findings("reject")] == [6, 7]
    assert all("repeats the key of row 4" in m for m in messages)


def test_a_school_of_the_lea_itself_and_the_lea_may_both_be_reported(home: Home) -> None:
    home.drop({"cover": cover(), "action_status": [status(LEA), status(SCHOOL), status(SECOND)]})
    assert home.night().accepted == 1


@pytest.mark.parametrize(
    ("tables", "folder", "rule", "words"),
    [
        (good(), "0300000", "authority.unknown_lea", "0300000"),
        (good(), f"{LEA}/sub", "landing.folder", f"{LEA}/sub"),
        (good(), "", "landing.folder", "the landing folder itself"),
        (good(), OTHER_LEA, "authority.wrong_lea", f"LEA '{LEA}'"),
        ({**good(), "cover": cover(period="2024-03")}, LEA, "period.not_open", "2024-02"),
        ({**good(), "cover": cover(period="spring")}, LEA, "cover.unreadable", "2024-01"),
        ({**good(), "cover": cover(period=None)}, LEA, "cover.unreadable", "2024-01"),
        ({**good(), "cover": []}, LEA, "cover.missing", "Cover sheet"),
        ({"action_status": [status()]}, LEA, "cover.missing", "Cover sheet"),
        ({**good(), "cover": [*cover(), *cover(period="2023-12")]}, LEA, "cover.several", "2"),
        (
            {"cover": cover(), "action_status": [status(), status(OTHER_SCHOOL)]},
            LEA,
            "authority.other_organization",
            OTHER_LEA,
        ),
    ],
)
def test_a_file_is_refused_for_its_reason_and_gives_no_rows(
    home: Home, tables: Any, folder: str, rule: str, words: str
) -> None:
    home.drop(tables, folder=folder)
    assert home.night().refused == 1
    row = home.submission()
    assert (row["outcome"], row["refused_by"], row["lea_id"]) == ("refused", rule, folder)
    assert words in row["refused_because"]
    assert (row["rows_accepted"], row["rows_read"]) == (0, row["rows_rejected"])
    assert rule in [f["rule_id"] for f in home.findings("refuse")]
    assert not home.rows("submission__action_status") and not home.rows("intake__tables")
    assert len(home.receipts()) == 1


def test_a_month_is_open_by_the_states_own_time(home: Home) -> None:
    # 05:00 UTC on the first of February is still January in Los Angeles
    home.drop({**good(), "cover": cover(period="2024-02")}, at=datetime(2024, 2, 1, 5))
    assert home.night().refused == 1
    assert home.submission()["refused_by"] == "period.not_open"


def test_what_is_not_needed_of_the_cover_is_left_blank_and_told(home: Home) -> None:
    home.drop({**good(), "cover": cover(prepared_on="yesterday")})
    assert home.night().accepted == 1
    (finding,) = home.findings()
    assert (finding["rule_id"], finding["severity"]) == ("date.unreadable", "flag")
    assert home.rows("submission__cover")[0]["prepared_on"] is None


def test_leading_zeros_of_the_covers_lea_are_restored_to_the_folders(home: Home) -> None:
    home.drop({**good(), "cover": cover(lea_id=100000)})
    assert home.night().accepted == 1
    assert found(home) == [("id.leading_zero", "Cover", 4, "LEA ID")]


def workbook(home: Home, sheets: dict[str, list[list[Any]]], name: str = "own.xlsx") -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = home.settings.home / "landing" / LEA / name
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    touch(path, ARRIVED)


COVER = [["LEA ID", "Reporting month"], [LEA, "2024-01"]]
HEADER = ["Organization ID", "Action", "Status"]
ROW = [SCHOOL, "1.1.1.1", "in_progress"]


def test_reordered_renamed_spaced_and_starred_headers_are_known(home: Home) -> None:
    header = [" STATUS* ", "cds code", None, "action_code", "flex_my id", "Percent  Complete"]
    rows = [["My report"], [], header, ["delayed", SCHOOL, None, "1.1.1.1", "A-7", 10]]
    workbook(home, {"cover": COVER, "ACTION STATUS": rows})
    assert home.night().accepted == 1
    assert not home.findings()
    assert home.rows("submission__action_status")[0]["source_row"] == 4


def test_unknown_columns_and_sheets_are_kept_aside_and_told_once(home: Home) -> None:
    rows = [[*HEADER, "Mood"], [*ROW, "good"], [SCHOOL, "1.1.1.2", "delayed", "bad"]]
    workbook(home, {"Cover": COVER, "Action status": rows, "Action statuz": [["x"]], "Holidays": [["x"]]})
    assert home.night().accepted == 1
    assert sorted(f["rule_id"] for f in home.findings()) == [
        "column.unknown",
        "sheet.unknown",
        "sheet.unknown",
    ]
    assert any(
        "give it that name" in f["message"] and "'Action status'" in f["message"] for f in home.findings()
    )


def test_a_renamed_sheet_with_the_templates_whole_header_is_read_and_told(home: Home) -> None:
    home.drop(good())
    path = home.settings.home / "landing" / LEA / "report.xlsx"
    book = openpyxl.load_workbook(path)
    book["Action status"].title = "January"
    book.save(path)
    touch(path, ARRIVED)
    assert home.night().accepted == 1
    assert [f["rule_id"] for f in home.findings()] == ["sheet.renamed"]
    assert len(home.rows("submission__action_status")) == 2


def test_a_sheet_without_its_header_refuses_the_file_and_says_what_was_looked_for(home: Home) -> None:
    workbook(home, {"Cover": COVER, "Action status": [["Organization ID", "Status"], [SCHOOL, "completed"]]})
    assert home.night().refused == 1
    row = home.submission()
    assert row["refused_by"] == "sheet.no_header"
    assert "lacks 'Action'" in row["refused_because"] and "row 1" in row["refused_because"]


def test_a_table_or_a_column_that_is_there_twice_refuses_the_file(home: Home) -> None:
    workbook(home, {"Cover": COVER, "Action status": [HEADER, ROW], "action_status": [HEADER, ROW]}, "a.xlsx")
    workbook(home, {"Cover": COVER, "Action status": [[*HEADER, "status"], [*ROW, "completed"]]}, "b.xlsx")
    assert home.night().refused == 2
    assert {s["refused_by"] for s in home.rows("intake__submissions")} == {"sheet.twice", "column.twice"}


def test_blank_rows_and_repeated_headers_are_passed_over(home: Home) -> None:
    rows = [HEADER, ROW, [None] * 3, ["  ", None, None], HEADER, [SCHOOL, "1.1.1.2", "delayed"]]
    workbook(home, {"Cover": COVER, "Action status": rows})
    assert home.night().accepted == 1
    assert found(home) == [("row.repeated_header", "Action status", 5, None)]
    assert sorted(r["source_row"] for r in home.rows("submission__action_status")) == [2, 6]


def test_an_empty_table_sheet_counts_only_if_it_has_its_header(home: Home) -> None:
    workbook(home, {"Cover": COVER, "Action status": [HEADER], "Goals": []})
    assert home.night().accepted == 1
    counted = {t["table_name"]: t["rows_read"] for t in home.rows("intake__tables")}
    assert counted == {"cover": 1, "action_status": 0}
    assert found(home) == [("sheet.empty", "Goals", None, None)]


def test_an_error_cell_and_a_formula_without_a_value_reject_their_rows(home: Home) -> None:
    faulty = [[*ROW, "#DIV/0!"], [SCHOOL, "1.1.1.2", "delayed", "=A1"]]
    rows = [[*HEADER, "Cause"], *faulty, [SCHOOL, "1.1.1.3", "delayed", "fine"]]
    workbook(home, {"Cover": COVER, "Action status": rows})
    assert home.night().rejects == 2
    assert found(home) == [
        ("cell.error", "Action status", 2, "Cause"),
        ("cell.not_calculated", "Action status", 3, "Cause"),
    ]


def test_true_is_not_taken_for_the_number_one(home: Home) -> None:
    header = ["Organization ID", "Chain", "Why", "Cause", "Actionable", "Weakness"]
    rows = [
        header,
        [SCHOOL, 1, 1, "a", True, None],
        [SCHOOL, 1, 2, "b", 1, 1],
        [SCHOOL, 1, 3, "c", False, True],
    ]
    workbook(home, {"Cover": COVER, "Root causes": rows})
    assert home.night().rejects == 1
    assert found(home) == [("integer.unreadable", "Root causes", 4, "Weakness")]
    assert [r["is_actionable"] for r in home.rows("submission__root_causes")] == [True, True]


def test_a_code_in_a_number_cell_and_a_day_in_a_text_cell_are_flagged(home: Home) -> None:
    header = ["Organization ID", "Strategy", "If we …", "Practices"]
    row = [SCHOOL, 1.1, date(2024, 3, 4), "3c: Provide rigorous evidence-based instruction"]
    workbook(home, {"Cover": COVER, "Strategies": [header, row]})
    assert home.night().accepted == 1
    flags = ["plan_code.from_number", "text.from_date", "practice.label_mismatch"]
    assert sorted(f["rule_id"] for f in home.findings("flag")) == sorted(flags)
    (typed,) = home.rows("submission__strategies")
    assert (typed["strategy_code"], typed["if_we"], typed["practice_codes"]) == ("1.1", "2024-03-04", "3C")


def test_a_percent_of_one_is_in_doubt_only_beside_fractions(home: Home) -> None:
    codes = [f"1.1.1.{n}" for n in (1, 2)]
    for name, other in (("whole.xlsx", 50), ("fraction.xlsx", 0.5)):
        rows = [status(action_code=c, percent_complete=p) for c, p in zip(codes, (1, other), strict=True)]
        home.drop({"cover": cover(), "action_status": rows}, name)
    assert home.night().accepted == 2
    assert sorted((f["file_name"], f["rule_id"], f["value"]) for f in home.findings("flag")) == [
        ("fraction.xlsx", "percent.fraction", "0.5"),
        ("fraction.xlsx", "percent.one", "1"),
    ]
