"""LEAs that spoke of the same organization are counted together, and no family is taken apart."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.lake import arrow_schema
from orchestration.warehouse.build_file import lay_views
from orchestration.warehouse.changed import begin_anew, new_files
from orchestration.warehouse.families import begin_families, extend_families, families_of

TABLE = "submission__actions"
LEAS = st.sampled_from(["0100", "0200", "0300", "0400", None])
ORGANIZATIONS = st.sampled_from(["0101", "0102", "0201", "0301", "0400", None])


def family(pairs: list[tuple[str | None, str | None]]) -> dict[tuple[str, str], str]:
    return families_of(pairs)


def test_an_lea_and_its_schools_are_a_family():
    found = family([("0100", "0101"), ("0100", "0102"), ("0200", "0201")])
    assert found["lea_id", "0100"] == found["org_id", "0101"] == found["org_id", "0102"] == "0100"
    assert found["lea_id", "0200"] == found["org_id", "0200"] == found["org_id", "0201"] == "0200"


def test_two_leas_that_spoke_of_a_school_that_moved_are_one_family():
    found = family([("0100", "0101"), ("0200", "0101"), ("0200", "0201"), ("0300", "0301")])
    assert {found["lea_id", "0100"], found["lea_id", "0200"], found["org_id", "0201"]} == {"0100"}
    assert found["lea_id", "0300"] == "0300"


@given(st.lists(st.tuples(LEAS, ORGANIZATIONS), max_size=12), st.randoms(use_true_random=False))
def test_what_is_said_together_is_together_whatever_the_order(pairs, random):
    found = family(pairs)
    for lea, organization in pairs:
        if lea is not None:
            assert found["lea_id", lea] == found["org_id", lea]
            if organization is not None:
                assert found["lea_id", lea] == found["org_id", organization]
    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert family(shuffled) == found


@given(st.lists(st.tuples(LEAS, ORGANIZATIONS), max_size=12))
def test_nobody_is_in_a_family_without_a_chain_of_pairs_to_it(pairs):
    found = family(pairs)
    for wanted in set(found.values()):
        members = {key[1] for key, f in found.items() if f == wanted}
        reached, before = {min(members)}, set[str]()
        while reached != before:
            before = set(reached)
            for lea, organization in pairs:
                if {lea, organization} & reached:
                    reached |= {x for x in (lea, organization) if x is not None}
        assert reached == members


@pytest.fixture
def night(tmp_path: Path):
    """A build file over parts of one table, each given as pairs of LEA and organization."""
    db = duckdb.connect()
    db.execute("create schema lake; create schema reuse")

    def part(name: str, pairs: list[tuple[str, str]]) -> Path:
        schema = arrow_schema(TABLE)
        columns = {
            f.name: pa.array([{"lea_id": lea, "org_id": org}.get(f.name) for lea, org in pairs], f.type)
            for f in schema
        }
        pq.write_table(pa.table(columns, schema=schema), tmp_path / f"{name}.parquet")
        return tmp_path / f"{name}.parquet"

    def begin(at_a_time: int, *files: Path) -> duckdb.DuckDBPyConnection:
        lay_views(db, {TABLE: list(files)})
        begin_families(db, at_a_time)
        begin_anew(db, {TABLE: list(files)})
        return db

    return part, begin


def parts(db: duckdb.DuckDBPyConnection) -> dict[str, int]:
    rows = db.execute("select id, part from reuse.families where id_column = 'lea_id'").fetchall()
    return {str(lea): int(part) for lea, part in rows}


def test_a_large_state_is_made_in_parts_and_no_family_in_two(night):
    part, begin = night
    db = begin(3, part("1", [("0100", "0101"), ("0200", "0201"), ("0300", "0301"), ("0400", "0101")]))
    assert parts(db) == {"0100": 0, "0400": 0, "0200": 1, "0300": 1}
    assert db.execute(
        "select max(n) from (select count(distinct part) as n from reuse.families group by family)"
    ).fetchone() == (1,)


def test_a_file_that_joins_two_leas_makes_them_one_family_from_then_on(night):
    part, begin = night
    old = part("1", [("0100", "0101"), ("0200", "0201")])
    db = begin(100, old)
    new = part("2", [("0200", "0101")])
    extend_families(db, new_files(db, {TABLE: [old, new]}), 100)
    assert {f for (f,) in db.execute("select distinct family from reuse.families").fetchall()} == {"0100"}
