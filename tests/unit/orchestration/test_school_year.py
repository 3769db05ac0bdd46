"""School years, quarters and semesters in Python; that SQL says the same is shown end to end."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration import school_year as sy

periods = st.builds("{:04d}-{:02d}".format, st.integers(1990, 2105), st.integers(1, 12))
first_months = st.integers(1, 12)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2023-24", True), ("1999-00", True), ("2099-00", True), ("2023-25", False), ("2023-23", False),
        ("2023-2024", False), ("23-24", False), ("2023", False), ("", False), (" 2023-24", False),
        ("2023-24\n", False),
    ],
)  # fmt: skip
def test_a_school_year_is_two_years_that_follow_each_other(text, is_one):
    assert sy.is_school_year(text) is is_one


@pytest.mark.parametrize(
    ("period", "first_month", "year", "quarter", "semester"),
    [
        ("2023-07", 7, "2023-24", 1, 1), ("2023-09", 7, "2023-24", 1, 1), ("2023-10", 7, "2023-24", 2, 1),
        ("2023-12", 7, "2023-24", 2, 1), ("2024-01", 7, "2023-24", 3, 2), ("2024-06", 7, "2023-24", 4, 2),
        ("2024-07", 7, "2024-25", 1, 1), ("1999-12", 7, "1999-00", 2, 1), ("2024-08", 8, "2024-25", 1, 1),
        ("2024-07", 8, "2023-24", 4, 2), ("2024-01", 1, "2024-25", 1, 1), ("2024-12", 1, "2024-25", 4, 2),
    ],
)  # fmt: skip
def test_months_fall_into_school_year_quarter_and_semester(period, first_month, year, quarter, semester):
    assert sy.school_year_of(period, first_month) == year
    assert (sy.quarter_of(period, first_month), sy.semester_of(period, first_month)) == (quarter, semester)


@given(periods, first_months)
def test_a_year_has_twelve_months_in_four_quarters_and_two_semesters(period, first_month):
    year = sy.school_year_of(period, first_month)
    assert sy.is_school_year(year)
    start = int(year[:4]) * 12 + first_month - 1
    months = [f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(start, start + 12)]
    assert period in months
    assert {sy.school_year_of(m, first_month) for m in months} == {year}
    assert [sy.month_of_school_year(m, first_month) for m in months] == list(range(1, 13))
    assert [sy.quarter_of(m, first_month) for m in months] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    assert [sy.semester_of(m, first_month) for m in months] == [1] * 6 + [2] * 6


@given(periods, st.integers(0, 60))
def test_a_range_has_every_month_once_and_each_ends_the_day_before_the_next(first, more):
    year, month = map(int, first.split("-"))
    index = year * 12 + month - 1 + more
    last = f"{index // 12:04d}-{index % 12 + 1:02d}"
    found = sy.period_range(first, last)
    assert len(found) == more + 1 and (found[0], found[-1]) == (first, last) and found == sorted(set(found))
    for a, b in itertools.pairwise(found):
        assert (sy.period_end(a) + timedelta(days=1)).isoformat() == f"{b}-01"


@pytest.mark.parametrize("first,last", [("2024-1", "2024-02"), ("2024-01", "2024-13"), ("2024-02", "2024-01"), ("", "")])  # fmt: skip
def test_what_is_no_range_of_months_is_refused(first, last):
    with pytest.raises(ValueError, match=r"month|after"):
        sy.period_range(first, last)
