"""What is read of a few LEAs alone gives the hash that reading everything gives."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.content import content_of, relation_content, relation_sums
from orchestration.lea_sums import Known, LeaSums, read_contents, read_sums, write_sums

ROWS = st.lists(
    st.tuples(st.sampled_from(["0100", "0200", "0300", None]), st.integers(-5, 5) | st.none()), max_size=20
)


@settings(deadline=None)
@given(ROWS)
def test_sums_by_lea_add_up_to_the_hash_of_the_whole(rows):
    with duckdb.connect() as db:
        db.execute("create table t (lea_id varchar, n integer)")
        if rows:
            db.executemany("insert into t values (?, ?)", rows)
        whole = relation_content(db, "t")
        assert content_of(whole.columns, relation_sums(db, "t", "lea_id").values()) == whole


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as db:
        db.execute("create schema marts")
        db.execute(
            "create table marts.fct as select * from (values ('0100', 1), ('0100', 2), ('0200', 3)) as t (lea_id, n)"
        )
        db.execute(
            "create table marts.rpt_levels as select * from (values ('0100', 1), ('state', 4)) as t (scope_id, n)"
        )
        db.execute("create table marts.rpt_state as select 3 as n_rows")
    return file


def known(candidate: Path, changed: dict[str, set[str]], unchanged: tuple[str, ...] = ()) -> Known:
    sums = LeaSums("before", read_contents(candidate, None)[1])
    return Known(unchanged, {m: frozenset(ids) for m, ids in changed.items()}, sums)


def change(candidate: Path, *statements: str) -> None:
    with duckdb.connect(str(candidate)) as db:
        for statement in statements:
            db.execute(statement)


@pytest.mark.parametrize(
    ("happened", "leas"),
    [
        ("update marts.fct set n = 9 where lea_id = '0200'", {"0200"}),
        ("delete from marts.fct where lea_id = '0100'", {"0100"}),
        ("insert into marts.fct values ('0300', 7)", {"0300"}),
        ("update marts.fct set lea_id = '0200' where n = 2", {"0100", "0200"}),
        ("update marts.fct set n = n", {"0100"}),
        ("update marts.fct set lea_id = null where n = 2", {"0100"}),
    ],
)
def test_what_leas_hold_now_is_seen(candidate: Path, happened: str, leas: set[str]):
    before = known(candidate, {"fct": leas}, ("rpt_state",))
    change(candidate, happened)
    assert read_contents(candidate, before) == read_contents(candidate, None)


def test_of_a_report_of_several_levels_the_scopes_that_changed_are_read(candidate: Path):
    before = known(candidate, {"rpt_levels": {"state"}}, ("fct", "rpt_state"))
    change(candidate, "update marts.rpt_levels set n = 5 where scope_id = 'state'")
    assert read_contents(candidate, before) == read_contents(candidate, None)


def test_a_table_without_leas_that_changed_is_read_whole(candidate: Path):
    before = known(candidate, {"rpt_state": {"0100"}, "fct": set()})
    change(candidate, "update marts.rpt_state set n_rows = 4")
    assert read_contents(candidate, before) == read_contents(candidate, None)


def test_a_table_of_which_nothing_is_known_is_read_whole(candidate: Path):
    before = known(candidate, {"fct": {"0100"}}, ("rpt_state",))
    change(candidate, "create table marts.rpt_new as select 'x' as a")
    assert read_contents(candidate, before) == read_contents(candidate, None)


@pytest.mark.parametrize("unchanged", [("fct", "rpt_state"), ("rpt_state",)])
def test_another_number_of_rows_than_is_known_has_all_of_them_read(candidate: Path, unchanged):
    before = known(candidate, {"fct": set()}, unchanged)
    change(candidate, "insert into marts.fct values ('0100', 8)")
    assert read_contents(candidate, before) == read_contents(candidate, None)


def test_sums_are_written_and_read(candidate: Path, tmp_path: Path):
    _, sums = read_contents(candidate, None)
    write_sums(tmp_path / "sums.parquet", "abc", sums)
    assert read_sums(tmp_path / "sums.parquet") == LeaSums("abc", sums)


@pytest.mark.parametrize("damage", [lambda f: f.unlink(), lambda f: f.write_bytes(f.read_bytes()[:200])])
def test_sums_that_are_not_whole_are_none(candidate: Path, tmp_path: Path, damage):
    file = tmp_path / "sums.parquet"
    write_sums(file, "abc", read_contents(candidate, None)[1])
    damage(file)
    assert read_sums(file) is None
