"""Rows of a CSV that are not as wide as its header, or whose quotes do not pair up: told, and only they pay."""

from __future__ import annotations

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st
from intake_home import LEA, SCHOOL, Home

from orchestration.intake.csv_text import check_broken, decode, records_of, squared
from orchestration.intake.found import UnreadableError

HEADER = "org_id,action_code,status,cause"


def drop(home: Home, *lines: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("cover.csv", f"lea_id,period\n{LEA},2024-01\n")
        z.writestr("action_status.csv", "\n".join(lines) + "\n")
    home.drop_bytes(out.getvalue(), "report.zip")


def row(n: int, end: str = ",x") -> str:
    return f"{SCHOOL},1.1.1.{n},delayed{end}"


def told(home: Home) -> list[tuple[str, int | None]]:
    return sorted((f["rule_id"], f["source_row"]) for f in home.findings())


def test_a_row_whose_quotes_do_not_pair_up_is_put_aside_and_counted(home: Home) -> None:
    drop(home, HEADER, row(1), row(2, ',"x'), row(3), row(4, ',"a" b'), row(5))
    report = home.night()
    assert (report.accepted_with_rejects, report.rejects, report.rows) == (1, 2, 4)
    assert told(home) == [("csv.broken_row", 3), ("csv.broken_row", 5)]
    assert [r["action_code"] for r in home.rows("submission__action_status")] == [
        f"1.1.1.{n}" for n in (1, 3, 5)
    ]


def test_an_open_quote_that_may_reach_into_the_next_line_refuses_the_file(home: Home) -> None:
    drop(home, HEADER, row(1), row(2, ',"a text'), "that goes on", row(3))
    assert home.night().refused == 1
    assert home.submission()["refused_by"] == "csv.broken"
    assert "'action_status.csv', line 3" in home.submission()["refused_because"]


def test_one_cell_too_many_puts_the_row_aside_even_if_it_is_blank(home: Home) -> None:
    drop(home, HEADER, row(1), f"{SCHOOL},,1.1.1.2,delayed,", row(3), row(4))
    assert home.night().rejects == 1
    assert told(home) == [("row.too_many_cells", 3)]


def test_a_separator_at_the_end_of_every_line_is_a_habit_and_no_slip(home: Home) -> None:
    drop(home, HEADER, *(row(n, ",x,") for n in range(1, 5)))
    assert home.night().accepted == 1
    assert not home.findings()


def test_a_separator_at_the_end_of_the_header_alone_is_no_slip_either(home: Home) -> None:
    drop(home, f"{HEADER},", *(row(n) for n in range(1, 5)))
    assert home.night().accepted == 1
    assert not home.findings()


def test_rows_without_their_blank_ends_are_read_and_told_once_for_a_run(home: Home) -> None:
    drop(home, HEADER, row(1), row(2, ""), row(3, ""), row(4), row(5, ""))
    assert home.night().accepted == 1
    assert told(home) == [("row.too_few_cells", 3), ("row.too_few_cells", 6)]
    assert (
        "3 cells, the header 4, and so have the rows below it, down to row 4" in home.findings()[0]["message"]
    )


def test_inches_are_read_as_they_stand_and_a_text_cut_in_two_is_not(home: Home) -> None:
    cut = f'{SCHOOL},1.1.1.2,delayed "and, so on"'
    drop(home, HEADER, row(1, ',48" table'), cut, row(3))
    assert home.night().rejects == 1
    assert told(home) == [("csv.stray_quote", 2), ("csv.stray_quotes", 3)]
    assert '48" table' in [r["cause"] for r in home.rows("submission__action_status")]


@given(st.lists(st.lists(st.sampled_from(["a", '"', ",", "\n", " ", '""', "x,y"]), max_size=6), max_size=8))
def test_whatever_stands_in_a_csv_it_is_read_told_or_refused_and_never_raises(lines: list[list[str]]) -> None:
    text, _ = decode(("a,b,c\n" + "\n".join("".join(cells) for cells in lines)).encode())
    records = records_of(text, ",")
    try:
        check_broken(records, 0, "x.csv")
    except UnreadableError:
        return
    rows, broken, _ = squared(records, 0, "goals", "x.csv")
    assert {len(r) for r in rows} == {3}
    assert len(rows) == len(records.rows) and set(records.broken) <= set(broken)
