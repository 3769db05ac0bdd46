"""`dim_period` and `orchestration/school_year.py` are the same calendar."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration import school_year as sy
from orchestration.settings import Settings

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def model(published_demo: Settings) -> str:
    """The SQL that a night ran for dim_period, over tables named as their models."""
    (path,) = (published_demo.warehouse / "dbt" / "compiled").glob("*/models/marts/directory/dim_period.sql")
    return re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", Path(path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("first_month", range(1, 13))
@pytest.mark.parametrize(
    ("as_of", "first"), [("2024-02-29", "2021-07"), ("2024-06-30", "1998-12"), ("2025-01-01", None)]
)
def test_every_period_falls_where_python_says(model: str, first_month: int, as_of: str, first: str | None):
    with duckdb.connect() as db:
        db.execute("create table int_today as select ?::date as today", [as_of])
        db.execute("create table stg_calendar as select ?::bigint as school_year_first_month", [first_month])
        db.execute(
            "create table stg_policy (parameter varchar, value varchar, from_year varchar, until_year varchar)"
        )
        db.execute(
            "insert into stg_policy values ('due_day', '15', '1990-91', null), ('reporting_months', '8,9', '1990-91', null)"
        )
        db.execute(
            "create table stg_intake__submissions as select ? as period, 'accepted' as outcome where ? is not null",
            [first, first],
        )
        found = db.execute(f"select * from ({model}) order by period").df().to_dict("records")
    today = date.fromisoformat(as_of)
    begins, ends = (
        sy.school_year_of(first or as_of[:7], first_month),
        sy.school_year_of(as_of[:7], first_month),
    )
    last_start = int(ends[:4]) * 12 + first_month - 1 + 11
    expected = sy.period_range(
        f"{begins[:4]}-{first_month:02d}", f"{last_start // 12:04d}-{last_start % 12 + 1:02d}"
    )
    assert [r["period"] for r in found] == expected
    for row in found:
        period = row["period"]
        assert row["school_year"] == sy.school_year_of(period, first_month)
        assert row["month_no"] == sy.month_of_school_year(period, first_month)
        assert row["quarter_no"] == sy.quarter_of(period, first_month)
        assert row["semester_no"] == sy.semester_of(period, first_month)
        assert row["period_end"].date() == sy.period_end(period)
        assert row["is_due"] == (today > row["due_on"].date())
        assert row["is_reporting_month"] == (period[5:] in ("08", "09"))
