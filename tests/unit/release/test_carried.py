"""A release carries over the files of marts that are as they were, and never one that is not as it was published."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import GateRefusedError
from orchestration.lea_sums import write_sums
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


FEW = (
    *SAME,
    "update marts.fct_status set night = 0 where org_id > '0003'",
)  # four of thirty schools have other rows


def upon(home, night: int, n_new: int, *statements: str) -> tuple[Path, list[tuple[str, str]]]:
    """The release of a night that knows what the last one held, and the last rows of its statuses: in a table that is written whole
    they are those of the last school, else those that were written.
    """
    before = home.sums()
    made = Path(str(home.night(night, *statements, sums_before=before).path))
    with duckdb.connect(str(made / "internal" / "marts.duckdb"), read_only=True) as db:
        rows = db.execute("select org_id, period from fct_status order by rowid").fetchall()
    return made, rows[-n_new:]


def statuses(folder: Path) -> list[tuple]:
    return sorted(held(folder, "fct_status"))


def test_of_a_mart_of_which_a_few_leas_differ_their_rows_are_written_and_no_others(home):
    home.night(1, *SAME, "update marts.fct_status set night = 0")
    second, rows = upon(home, 2, 12, *FEW)
    assert {org for org, _ in rows} == {"0000", "0001", "0002", "0003"}
    assert verify_release(second) == []
    assert len(statuses(second)) == 90 and statuses(second) == sorted(parquet(second, "fct_status"))
    assert {row[0]: row[2] for row in statuses(second)} == {f"{i:04}": 2 * (i < 4) for i in range(30)}


def test_leas_that_came_and_went_are_there_and_gone(home):
    home.night(1, *SAME, "update marts.fct_status set night = 0")
    second, rows = upon(
        home, 2, 3, *SAME, "update marts.fct_status set night = 0", "delete from marts.fct_status where org_id = '0007'",
        "insert into marts.fct_status select * replace ('00005' as org_id) from marts.fct_status where org_id = '0001'",
    )  # fmt: skip
    assert {org for org, _ in rows} == {"00005"}
    assert verify_release(second) == []
    assert {"0007", "00005"} & {row[0] for row in statuses(second)} == {"00005"}


def test_a_mart_of_which_most_leas_differ_is_written_whole_and_in_order(home):
    home.night(1, *SAME)
    second, _ = upon(home, 2, 1, *SAME)
    assert [row[:2] for row in held(second, "fct_status")] == [row[:2] for row in statuses(second)]


@pytest.mark.parametrize("lie", ["before", "now", "another candidate"])
def test_sums_that_do_not_add_up_are_not_believed(home, lie: str):
    """A release holds what the gate passed, whatever is said of LEAs."""
    home.night(1, *SAME, "update marts.fct_status set night = 0")
    before = home.sums()
    home.build(2, *FEW)
    home.pass_gate()
    now = home.sums()
    wrong = replace(now.marts["fct_status"]["0001"], a=1)
    told = {"fct_status": {**now.marts["fct_status"], "0001": wrong}}
    if lie == "now":
        write_sums(home.record.with_name("sums.parquet"), now.candidate_sha256, {**now.marts, **told})
    elif lie == "before":
        before = replace(before, marts={**before.marts, **told})
    else:
        before = replace(before, candidate_sha256="0" * 64, marts=now.marts)
    second = Path(str(home.publish(sums_before=before).path))
    assert verify_release(second) == []
    assert {row[0] for row in statuses(second) if row[2] == 2} == {"0000", "0001", "0002", "0003"}


def test_a_candidate_that_changed_after_the_gate_is_not_published_for_the_few_leas_either(home):
    home.night(1, *SAME, "update marts.fct_status set night = 0")
    before = home.sums()
    home.build(2, *FEW)
    home.pass_gate()
    with duckdb.connect(str(home.candidate)) as db:
        db.execute("update marts.fct_status set budget = 1000000 where org_id = '0002'")
    with pytest.raises(GateRefusedError, match="another candidate"):
        home.publish(sums_before=before)
