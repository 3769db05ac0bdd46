"""What a new day changes is seen before dbt starts, and nothing of the build file is changed by looking."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.warehouse.first_look import models_that_change

MODELS = [("intermediate", "int_today"), ("marts", "fct_duty"), ("marts", "dim_period"), ("marts", "rpt_due")]
SQL = {
    "int_today": "-- the day\nselect cast(as_of as date) as today from lake.run",
    "fct_duty": "with clock as (from intermediate.int_today) "
    "select 'plan' as duty, date_diff('day', date '2024-06-01', today) as days_late from clock",
    "dim_period": "select '2024-06' as period, today > date '2024-06-15' as is_due from intermediate.int_today",
    "rpt_due": "select count(*) filter (where is_due) as n_due from marts.dim_period",
}


@pytest.fixture
def build_file(tmp_path: Path) -> Path:
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as db:
        for schema in ("lake", "intermediate", "marts"):
            db.execute(f"create schema {schema}")
        db.execute("create table lake.run as select timestamp '2024-06-10' as as_of")
        for schema, name in MODELS:
            db.execute(f"create table {schema}.{name} as {SQL[name]}")
        db.execute("alter table marts.fct_duty alter days_late type integer")  # as a contract has it
    return file


def on(build_file: Path, day: str) -> set[str]:
    with duckdb.connect(str(build_file)) as db:
        db.execute("update lake.run set as_of = ?", [day])
    return models_that_change(build_file, MODELS, SQL)


def test_a_day_like_the_one_before_changes_only_counts_of_days(build_file: Path):
    assert on(build_file, "2024-06-11") == {"int_today", "fct_duty"}


def test_a_later_time_of_the_same_day_changes_nothing(build_file: Path):
    assert on(build_file, "2024-06-10 23:00:00") == set()


def test_a_day_on_which_something_comes_due_changes_what_rests_on_it_too(build_file: Path):
    assert on(build_file, "2024-06-16") == {"int_today", "fct_duty", "dim_period", "rpt_due"}


def test_looking_changes_nothing(build_file: Path):
    on(build_file, "2024-06-16")
    with duckdb.connect(str(build_file), read_only=True) as db:
        assert str(db.execute("from intermediate.int_today").fetchone()[0]) == "2024-06-10"
        assert db.execute("from marts.rpt_due").fetchone() == (0,)
