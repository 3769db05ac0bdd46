"""The content hash: blind to order and layout, and to nothing else."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.content import (
    MartContent,
    RunFacts,
    candidate_sha256,
    mart_contents,
    parquet_content,
    read_run,
    relation_content,
)
from orchestration.content_differences import content_differences, parquet_differences
from orchestration.errors import BadDataError
from orchestration.storage import canonical_json

Row = tuple[str | None, str | None, int | None, float | None]
TEXT = st.none() | st.text(alphabet=st.sampled_from(list("ab1:- ,\x1f\x00é|")), max_size=5)
ROWS = st.lists(
    st.tuples(TEXT, TEXT, st.none() | st.integers(-(2**40), 2**40), st.none() | st.floats(allow_nan=False)),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
def db():
    with duckdb.connect() as connection:
        yield connection


def sha(db: duckdb.DuckDBPyConnection, rows: list[Row], types: tuple[str, ...] = ()) -> str:
    db.execute("create or replace table t (a varchar, b varchar, c bigint, d double)")
    if rows:
        db.executemany("insert into t values (?, ?, ?, ?)", rows)
    return relation_content(db, "t").sha256


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, data=st.data())
def test_the_order_of_rows_never_changes_it(db, rows, data):
    assert sha(db, rows) == sha(db, data.draw(st.permutations(rows)))


@settings(max_examples=120, deadline=None)
@given(rows=ROWS, data=st.data())
def test_changing_any_cell_changes_it(db, rows, data):
    n = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, 3))
    value = data.draw(
        (TEXT, TEXT, st.none() | st.integers(-9, 9), st.none() | st.floats(allow_nan=False))[column]
    )
    changed = [list(r) for r in rows]
    changed[n][column] = value
    same = rows[n][column] == value  # 0.0 and -0.0 are equal, and count as the same
    assert (sha(db, rows) == sha(db, [tuple(r) for r in changed])) == same


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, data=st.data())
def test_a_row_that_comes_twice_changes_it_and_so_does_one_that_is_gone(db, rows, data):
    n = data.draw(st.integers(0, len(rows) - 1))
    before = sha(db, rows)
    assert sha(db, [*rows, rows[n]]) != before
    assert sha(db, [*rows, rows[n], rows[n]]) != before  # two more of the same cancel in an xor alone
    assert sha(db, rows[:n] + rows[n + 1 :]) != before


@settings(max_examples=80, deadline=None)
@given(a=st.text(alphabet=list("ab1:-\x1f\x1e"), max_size=6), cut=st.integers(0, 6), other=st.integers(0, 6))
def test_moving_text_between_columns_changes_it(db, a, cut, other):
    one, two = (a[:cut], a[cut:]), (a[:other], a[other:])
    assert (sha(db, [(*one, 1, None)]) == sha(db, [(*two, 1, None)])) == (one == two)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("a", None), ("a", "")),
        ((None, "a"), ("a", None)),
        ((None, None), ("", "")),
        (("a", "bc"), ("ab", "c")),
        (("-1", None), (None, "-1")),
        (("1:a", "b"), ("1:a1", ":b")),
    ],
)
def test_null_and_blank_and_neighbours_are_told_apart(db, one, two):
    assert sha(db, [(*one, 1, 1.0)]) != sha(db, [(*two, 1, 1.0)])


def test_swapping_a_value_between_two_rows_changes_it(db):
    assert sha(db, [("a", "x", 1, None), ("b", "y", 1, None)]) != sha(
        db, [("a", "y", 1, None), ("b", "x", 1, None)]
    )


def test_names_types_and_order_of_columns_belong_to_it(db):
    hashes = {
        relation_content(db, f"({sql})").sha256
        for sql in (
            "select '1' as a, '2' as b",
            "select '1' as a, '2' as c",
            "select '2' as b, '1' as a",
            "select 1::bigint as a, '2' as b",
            "select 1::integer as a, '2' as b",
            "select '1' as a, '2' as b where false",
        )
    }
    assert len(hashes) == 6


def test_it_is_pinned_so_that_no_version_of_the_engine_moves_it(db):
    """A change of this constant means that releases made before can't be compared with those made after."""
    sql = """
        select 'ü'::varchar as t, null::varchar as n, true as b, 7::bigint as i, 12.50::decimal(18, 2) as m,
               date '2024-02-29' as d, timestamp '2024-02-29 23:59:59.000001' as ts, 0.1::double as f,
               ['a', null] as l
    """
    content = relation_content(db, f"({sql})")
    assert content.rows == 1
    assert content.sha256 == "2e397028567553cb16c23c7f083be0aa3d4f63617257c9cb7d548411bb441e67"


@pytest.mark.parametrize("length", [0, 1, 9, 10, 99, 100, 254, 255, 256, 257, 1000])
@pytest.mark.parametrize(("flag", "flag_text"), [("true", "4:true"), ("false", "5:false"), ("null", "-1:")])
def test_a_row_is_the_text_that_is_written_down_whatever_its_lengths(
    db, length: int, flag: str, flag_text: str
):
    """Worked out here by hand: each value with the length of its UTF-8 bytes before it, MD5 as two numbers, SHA-256."""
    value = "é" * (length // 2) + "x" * (length % 2)
    sql = f"(select '{value}'::varchar as t, {flag}::boolean as b)"
    digest = hashlib.md5(f"{length}:{value}{flag_text}".encode()).digest()
    # DuckDB reads the digest from its last byte on
    halves = [int.from_bytes(half, "little") for half in (digest[8:], digest[:8])]
    said = [[["t", "VARCHAR"], ["b", "BOOLEAN"]], [str(n) for n in (1, *halves, *halves)]]
    assert relation_content(db, sql).sha256 == hashlib.sha256(canonical_json(said)).hexdigest()


def test_threads_file_layout_and_parquet_do_not_matter(tmp_path: Path):
    select = "select i, md5(i::varchar) as t, (i / 7)::decimal(9, 4) as d, i / 7 as f from range(300000) r(i)"
    hashes = set()
    for n, (threads, order) in enumerate([(1, "i"), (2, "i desc"), (4, "hash(i)")]):
        file = tmp_path / f"{n}.duckdb"
        with duckdb.connect(str(file), config={"threads": threads}) as c:
            c.execute("create schema marts")
            c.execute(f"create table marts.m as {select} order by {order}")
            hashes.add(relation_content(c, "marts.m").sha256)
            c.execute(
                f"copy marts.m to '{tmp_path}/{n}.parquet' (format parquet, row_group_size {10000 * (n + 1)})"
            )
        hashes.add(mart_contents(file)["m"].sha256)
        hashes.add(parquet_content(tmp_path / f"{n}.parquet").sha256)
    assert len(hashes) == 1


def test_negative_zero_is_zero_and_an_empty_table_has_a_hash(db):
    assert sha(db, [("a", "b", 1, 0.0)]) == sha(db, [("a", "b", 1, -0.0)])
    assert sha(db, []) != sha(db, [(None, None, None, None)])


def test_odd_names_are_quoted(tmp_path: Path):
    with duckdb.connect(str(tmp_path / "o.duckdb")) as c:
        c.execute("create schema marts")
        c.execute('create table marts."select ""x""" as select 1 as "a ""b"" from"')
    assert mart_contents(tmp_path / "o.duckdb")['select "x"'].rows == 1


def test_a_type_without_a_text_of_its_own_is_refused_by_name(db):
    with pytest.raises(BadDataError, match=r"column b .* has the type BLOB"):
        relation_content(db, "(select 'x'::blob as b)")


def test_a_candidates_hash_covers_marts_and_inputs():
    run = RunFacts(datetime(2024, 6, 15), "v1", "p1", "a1", "Demo")
    contents = {"m": MartContent(1, "s", (("a", "VARCHAR"),))}
    base = candidate_sha256(contents, run)
    others = [
        candidate_sha256({"n": contents["m"]}, run),
        candidate_sha256({"m": MartContent(2, "s", ())}, run),
        candidate_sha256({"m": MartContent(1, "r", ())}, run),
        *(
            candidate_sha256(contents, RunFacts(**{**run.__dict__, key: value}))
            for key, value in {
                "as_of": datetime(2024, 6, 16),
                "code_version": "v2",
                "policy_sha256": "p2",
                "archive_sha256": "a2",
            }.items()
        ),
    ]
    assert len({base, *others}) == 8


def test_differences_are_named():
    a = MartContent(1, "s", (("a", "VARCHAR"),))
    found = content_differences(
        {"gone": a, "typed": a, "rows": a, "cells": a, "same": a},
        {
            "new": a,
            "typed": MartContent(1, "s", (("a", "BIGINT"),)),
            "rows": MartContent(2, "t", a.columns),
            "cells": MartContent(1, "t", a.columns),
            "same": a,
        },
    )
    assert found == [
        "gone is missing",
        "new is not one of the candidate's marts",
        "cells has other values",
        "rows has other rows (2 instead of 1)",
        "typed has other columns or types: ('a', 'BIGINT') instead of ('a', 'VARCHAR')",
    ]


def test_a_candidate_without_its_run_facts_cannot_be_named(tmp_path: Path):
    with duckdb.connect(str(tmp_path / "c.duckdb")) as c:
        c.execute("create schema marts")
    with pytest.raises(BadDataError, match=r"lake\.run"):
        read_run(tmp_path / "c.duckdb")


@pytest.mark.parametrize(
    ("copy", "said"),
    [
        ("select * from t", []),
        ("select * from t order by id desc", []),
        ("select id, case when id = 2 then null else name end as name from t", ["t has other values"]),
        ("select id, coalesce(name, '') as name from t", ["t has other values"]),
        ("select id, lag(name, 1, null) over (order by id desc) as name from t", ["t has other values"]),
        ("select * from t where id < 3", ["t has other rows (2 instead of 3)"]),
        ("select * from t union all select * from t where id = 1", ["t has other rows (4 instead of 3)"]),
        (
            "select id::varchar as id, name from t",
            [
                "t has other columns or types: ('id', 'VARCHAR') instead of ('id', 'INTEGER')",
            ],
        ),
    ],
)
def test_a_parquet_copy_that_holds_anything_else_is_named(tmp_path, copy: str, said: list[str]) -> None:
    file = tmp_path / "t.parquet"
    with duckdb.connect() as db:
        db.execute("create table t as select * from (values (1, 'a'), (2, ''), (3, null)) as v (id, name)")
        db.execute(f"copy ({copy}) to '{file}' (format parquet)")

        assert parquet_differences(db, {"t": file}) == said


def test_a_parquet_copy_that_is_not_there_or_cut_off_is_named(tmp_path) -> None:
    cut = tmp_path / "cut.parquet"
    with duckdb.connect() as db:
        db.execute("create table t as select range as id from range(1000); create table u as from t")
        db.execute(f"copy u to '{cut}' (format parquet)")
        cut.write_bytes(cut.read_bytes()[:-20])

        problems = parquet_differences(db, {"t": tmp_path / "gone.parquet", "u": cut})

    assert [p.split(":")[0] for p in problems] == ["t", "u"]
    assert all("cannot be read" in p for p in problems)
