"""A release carries over the files of marts that are as they were, and never one that is not as it was published."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.release.verify import verify_release

SAME = ("update marts.dim_school set night = 0",)  # whatever the night, the directory is the same


def held(folder: Path, mart: str) -> list[tuple]:
    with duckdb.connect(str(folder / "internal" / "marts.duckdb"), read_only=True) as db:
        return db.execute(f"select * from {mart}").fetchall()


def parquet(folder: Path, mart: str) -> list[tuple]:
    return duckdb.sql(f"from '{folder}/internal/parquet/{mart}.parquet'").fetchall()


def written(home, night: int, *statements: str) -> tuple[Path, list[str]]:
    """The release of a night, and the marts that were written for it rather than carried over."""
    told: list[str] = []
    made = home.night(night, *statements, progress=told.append)
    return Path(str(made.path)), [
        line.split()[1] for line in told if line.startswith("writing ") and line.endswith(")")
    ]


def test_only_what_changed_is_written_and_all_of_it_is_there(home):
    first, _ = written(home, 1, *SAME)
    second, wrote = written(home, 2, *SAME)
    assert wrote == ["fct_status"]
    assert verify_release(second) == []
    assert held(second, "dim_school") == held(first, "dim_school") == parquet(second, "dim_school")
    assert (
        {row[2] for row in held(second, "fct_status")}
        == {2}
        == {row[2] for row in parquet(second, "fct_status")}
    )


@pytest.mark.parametrize("file", ["internal/marts.duckdb", "internal/parquet/dim_school.parquet"])
@pytest.mark.parametrize("fault", ["changed", "gone"])
def test_an_earlier_file_that_is_not_as_it_was_published_is_not_carried_over(home, file: str, fault: str):
    first, _ = written(home, 1, *SAME)
    right = held(first, "dim_school")
    path = first / file
    path.chmod(0o644)
    path.parent.chmod(0o755)
    if fault == "gone":
        path.unlink()
    else:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    second, _ = written(home, 2, *SAME)
    assert verify_release(second) == []
    assert held(second, "dim_school") == right == parquet(second, "dim_school")


def test_other_code_writes_everything(home):
    written(home, 1, *SAME)
    _, wrote = written(home, 2, *SAME, "update lake.run set code_version = 'v2'")
    assert wrote == ["dim_school", "fct_status"]


def test_a_damaged_manifest_carries_nothing_over(home):
    first, _ = written(home, 1, *SAME)
    manifest = first / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_text(json.dumps({"marts": None}))
    second, wrote = written(home, 2, *SAME)
    assert wrote == ["dim_school", "fct_status"] and verify_release(second) == []


def test_a_database_with_much_room_left_by_dropped_tables_is_written_anew(home):
    """Otherwise it would grow from night to night."""
    big = (
        "insert into marts.fct_status select s.* replace (s.org_id || '-' || i as org_id, hash(i)::varchar as note) "
        "from marts.fct_status as s, range(200) t(i)"
    )
    sizes = [
        (written(home, night, *SAME, big)[0] / "internal" / "marts.duckdb").stat().st_size
        for night in range(1, 7)
    ]
    assert max(sizes) < 2.5 * sizes[0]


def test_a_table_that_was_carried_over_has_its_description(home):
    written(home, 1, *SAME)
    second, _ = written(home, 2, *SAME)
    with duckdb.connect(str(second / "internal" / "marts.duckdb"), read_only=True) as db:
        comment = db.execute("select comment from duckdb_tables() where table_name = 'dim_school'").fetchone()
    assert comment is not None and "directory" in comment[0]
