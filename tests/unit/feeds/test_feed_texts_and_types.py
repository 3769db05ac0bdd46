"""School years, dates, numbers and cells, one text at a time."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.contracts.model import feed_tables
from orchestration.feeds.grid import cell_text, decode
from orchestration.feeds.header import normal
from orchestration.feeds.texts import parse_date, school_year
from orchestration.feeds.types import _number, number


@pytest.mark.parametrize(
    ("text", "said_by", "year"),
    [
        ("2020-2021", "starts", "2020-21"), ("2020–21", "starts", "2020-21"), ("2020/21", "ends", "2020-21"),
        ("2022", "starts", "2022-23"), ("2017f", "ends", "2016-17"), ("1999-2000", "starts", "1999-00"),
        ("2020-2022", "starts", None), ("2020-22", "starts", None), ("2020-1921", "starts", None),
        ("FY24", "starts", None),
    ],
)  # fmt: skip
def test_school_years_are_read_as_states_write_them(text: str, said_by: str, year: str | None) -> None:
    assert school_year(text, said_by) == year


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("2015-07-31", None, date(2015, 7, 31)), ("2015-07-31 00:00:00", None, date(2015, 7, 31)),
        ("2018-06", None, date(2018, 6, 1)), ("07/01/1867", "%m/%d/%Y", date(1867, 7, 1)),
        ("07/01/1867", None, None), ("2015-02-30", None, None), ("20150731", None, None),
    ],
)  # fmt: skip
def test_dates_are_read_or_given_up(text: str, form: str | None, day: date | None) -> None:
    assert parse_date(text, form) == day


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9, places=9))
def test_money_is_rounded_half_up_from_the_exact_text(value: Decimal) -> None:
    amount, reason = _number(format(value, "f"), feed_tables()["title1_allocations"].field("amount"))
    assert reason == ""
    assert amount == value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    exact, _ = _number(format(value, "f"), feed_tables()["title1_allocations"].field("amount_reported"))
    assert exact == value


@given(st.floats(min_value=0, max_value=1e12, allow_nan=False))
def test_a_workbooks_float_keeps_its_shortest_digits(value: float) -> None:
    assert number(cell_text(value)) == Decimal(repr(value))


@pytest.mark.parametrize("text", ["", "abc", "1,2", "1.2.3", "--", "1e", "٣", "NaN", "Infinity"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize(("text", "reason"), [("1.5", "is no whole number"), ("12", ""), ("12.0", "")])
def test_a_whole_number_is_whole(text: str, reason: str) -> None:
    assert _number(text, feed_tables()["designations"].field("enrollment"))[1] == reason


def test_an_exact_column_is_never_rounded() -> None:
    field = feed_tables()["title1_allocations"].field("amount_reported")
    assert _number("0.12345678901234567", field) == (None, "has more than 16 decimals")


def test_cells_become_exact_text() -> None:
    cells = [
        1100170112607.0,
        0.7619047619047619,
        True,
        None,
        "  x ",
        date(2020, 1, 1),
        datetime(2020, 1, 1, 2, 3),
    ]
    assert [cell_text(c) for c in cells] == [
        "1100170112607",
        "0.7619047619047619",
        "TRUE",
        "",
        "  x ",
        "2020-01-01",
        "2020-01-01 02:03:00",
    ]


def test_bytes_that_cp1252_leaves_undefined_are_still_read() -> None:
    assert decode(b"a\x81\xf1") == ("a\x81ñ", "latin-1")


def test_header_text_is_compared_without_case_space_and_marks() -> None:
    assert normal("Charter \nSchool \n(Y/N)") == normal("charter school_y-n") == "charterschoolyn"
    assert normal("Enrollment (K-12)") != normal("Enrollment (Ages 5-17)")
