"""What a person sets to build on Spark, and what she is told where it does not fit."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.doctor.installation import spark_is_here
from orchestration.errors import ConfigError
from orchestration.settings import Settings
from orchestration.warehouse.spark.installed import java_version, what_is_missing
from orchestration.warehouse.spark.lake import lay_lake
from orchestration.warehouse.spark.session import MEANING, session_settings
from tests.spark.cluster import unlike
from tests.spark.compare import differences


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "policy.yaml").touch()
    return tmp_path / "state"


def test_the_engine_is_duckdb_unless_set(tmp_path, state) -> None:
    assert Settings.at(tmp_path, state).engine == "duckdb"
    assert Settings.at(tmp_path, state, {"INTERLACE_ENGINE": "spark"}).spark_master == "local[2]"
    with pytest.raises(ConfigError, match="INTERLACE_ENGINE is 'sparc'; give one of: duckdb, spark"):
        Settings.at(tmp_path, state, {"INTERLACE_ENGINE": "sparc"})


def test_further_settings_of_spark_do_not_change_what_sql_means(tmp_path, state) -> None:
    env = {"INTERLACE_SPARK_SETTINGS": "spark.sql.ansi.enabled=false; spark.executor.cores=3"}
    made = session_settings(Settings.at(tmp_path, state, env), tmp_path)
    assert made["spark.executor.cores"] == "3"
    assert made["spark.sql.ansi.enabled"] == MEANING["spark.sql.ansi.enabled"] == "true"
    with pytest.raises(ConfigError, match=r"holds 'executor\.cores'; write spark\.name=value"):
        Settings.at(tmp_path, state, {"INTERLACE_SPARK_SETTINGS": "executor.cores=3"})


def test_java_of_any_age_tells_its_version() -> None:
    assert java_version('openjdk version "17.0.15" 2025-04-15') == 17
    assert java_version('java version "1.8.0_291"') == 8
    assert java_version("command not found") is None


def test_without_java_one_is_told_what_to_install(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("orchestration.warehouse.spark.installed.find_spec", lambda _: object())
    assert "apt install openjdk-17-jre-headless" in (what_is_missing({"PATH": str(tmp_path)}) or "")
    old = tmp_path / "bin" / "java"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    old.chmod(0o755)
    assert "is Java 11: install Java 17" in (what_is_missing({"JAVA_HOME": str(tmp_path)}) or "")
    monkeypatch.setattr("orchestration.warehouse.spark.installed.find_spec", lambda _: None)
    assert "requirements-spark.lock" in (what_is_missing({}) or "")


def test_doctor_says_what_the_engine_lacks() -> None:
    assert spark_is_here(None).what == "Spark and Java are installed"
    told = spark_is_here("there is no Java: install Java 17")
    assert (told.what, told.fix) == (
        "the engine is spark (INTERLACE_ENGINE), and there is no Java",
        "install Java 17",
    )


def test_spark_reads_the_parts_of_the_lake_where_they_lie(tmp_path) -> None:
    part = tmp_path / "lake" / "feed__x" / "a.parquet"
    part.parent.mkdir(parents=True)
    with duckdb.connect(str(tmp_path / "build.duckdb")) as db:
        db.execute(f"copy (select 1 as n) to '{part}' (format parquet)")
        db.execute("create schema lake")
        db.execute(f"create view lake.feed__x as select n::bigint as n, null::timestamp as t from '{part}'")
        db.execute("create view lake.feed__y as select null::decimal(18, 2) as amount where false")
        db.execute("create table lake.run as select 'CA' as state")
    made = lay_lake(tmp_path / "build.duckdb", {"feed__x": [part]}, tmp_path / "laid")
    assert (tmp_path / "laid" / "feed__x" / "a.parquet").resolve() == part
    assert made["feed__x"].startswith(
        "create table lake.`feed__x` (`n` bigint, `t` timestamp_ntz) using parquet"
    )
    assert "`amount` decimal(18,2)" in made["feed__y"]
    assert [p.name for p in (tmp_path / "laid" / "run").iterdir()] == ["part-0.parquet"]


def test_a_comparison_names_mart_key_column_and_both_values(tmp_path) -> None:
    for name, rows in (
        ("a", "(1, 'x', 0.1), (2, 'y', null), (3, 'z', 5)"),
        ("b", "(1, 'x', 0.2), (2, 'y', null), (4, 'z', 5)"),
    ):
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as db:
            db.execute("create schema marts")
            db.execute(f"create table marts.m as select * from (values {rows}) as t (k, name, v)")
            db.execute(f"create table marts.types as select 1::{'bigint' if name == 'a' else 'integer'} as n")
    told = [
        str(d)
        for d in differences(tmp_path / "a.duckdb", tmp_path / "b.duckdb", {"m": ["k"], "types": ["n"]})
    ]
    assert told[:3] == [
        "m [1] v: 0.1 on the one, 0.2 on the other",
        "m [3] the row: there on the one, missing on the other",
        "m [4] the row: missing on the one, there on the other",
    ]
    assert "types [] its columns" in told[3]
    assert not differences(tmp_path / "a.duckdb", tmp_path / "a.duckdb", {"m": ["k"], "types": ["n"]})


def test_the_cluster_fails_on_a_row_that_comes_twice_and_on_a_mart_that_is_missing(tmp_path) -> None:
    whole, twice, less = (tmp_path / f"{name}.duckdb" for name in ("whole", "twice", "less"))
    for file, rows in ((whole, "(1, 'x'), (2, 'y')"), (twice, "(1, 'x'), (2, 'y'), (2, 'y')"), (less, "")):
        with duckdb.connect(str(file)) as db:
            db.execute("create schema marts")
            db.execute("create table marts.other as select 1 as k")
            if rows:
                db.execute(f"create table marts.m as select * from (values {rows}) as t (k, name)")
    keys = {"m": ["k"], "other": ["k"]}
    assert unlike(whole, twice, keys) == ["m has other rows (3 instead of 2)"]
    assert unlike(whole, less, keys)[0] == "m is missing"
    assert not unlike(whole, whole, keys)
