"""What is read off a query holds on data: no cell that it leaves out can change the answer."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import parse_one
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from orchestration.trace.asked import MOST_PER_RELATION, Asked, together
from orchestration.trace.influence import influences
from orchestration.trace.joins import UnreadableQueryError
from orchestration.trace.walk import condition_sql

# `id` and `k` name a row and say whose it is; `v` and `w` are what people type
SCHEMA = {
    "memory": {
        "lake": {
            "a": {"id": "VARCHAR", "k": "VARCHAR", "v": "VARCHAR", "w": "BIGINT"},
            "b": {"id": "VARCHAR", "k": "VARCHAR", "v": "VARCHAR", "w": "BIGINT"},
        }
    }
}
NAMES = {"id", "k"}
A, B = "memory.lake.a", "memory.lake.b"

QUERIES = {
    "a sum by group": f"select k, sum(w) as n from {A} group by k",
    "a filter on what was typed": f"select k, count(*) as n from {A} where v = 'x' group by k",
    "an inner join": f"select a.k, sum(b.w) as n from {A} as a inner join {B} as b on a.id = b.id group by a.k",
    "a left join": f"select a.k, count(b.v) as n from {A} as a left join {B} as b on a.k = b.k group by a.k",
    "an anti join": f"select a.k, count(*) as n from {A} as a left join {B} as b on a.id = b.id and b.v = 'x' "
    "where b.id is null group by a.k",
    "a left join to few rows": f"select 'all' as level, sum(a.w) as n from {A} as a left join {B} as b "
    "on a.id = b.id and b.v = 'x'",
    "a full join": f"with s as (select k, sum(w) as n from {A} group by k), t as (select k, max(v) as m from {B} group by k) "
    "select coalesce(s.k, t.k) as k, coalesce(s.n, 0) as n, t.m from s full outer join t on s.k = t.k",
    "a window": f"select k, id, sum(w) over (partition by k order by id) as n from {A}",
    "a window over everything": f"select k, id, rank() over (order by w, id) as n from {A}",
    "a named window": f"select k, id, max(v) over so_far as n from {A} window so_far as (partition by k order by id)",
    "the latest only": f"with r as (select *, row_number() over (partition by k order by id desc) as recency from {A}) "
    f"select b.k, b.id, b.v as n from {B} as b inner join r on b.id = r.id and b.k = r.k where r.recency = 1",
    "a union with a branch for each level": f"select 'one' as level, k, sum(w) as n from {A} group by k "
    f"union all select 'all' as level, 'all' as k, sum(w) as n from {B}",
    "a union of distinct rows": f"select k, v as n from {A} union select k, v as n from {B}",
    "distinct rows": f"select distinct k, v as n from {A}",
    "a subquery in a condition": f"select k, sum(w) as n from {A} where v in (select v from {B} where w > 1) group by k",
    "a join on what was typed": f"select a.k, count(*) as n from {A} as a inner join {B} as b on a.v = b.v group by a.k",
    "two joins one after the other": f"select a.k, sum(c.w) as n from {A} as a left join {B} as b on a.id = b.id "
    f"left join {B} as c on b.k = c.k and c.v = 'y' group by a.k",
    "a comparison across": f"select a.k, count(*) as n from {A} as a inner join {B} as b on a.k = b.k and a.w < b.w group by a.k",
    "no group": f"select count(*) as k, max(v) as n from {A}",
    "recursion": "with recursive up as (select id, k from lake.a union all select up.id, a.k from up "
    "inner join lake.a as a on up.k = a.id and a.w > 5) select k, count(*) as n from up group by k",
}

names = st.sampled_from(["1", "2", "3"])
row = st.tuples(
    st.sampled_from(["1", "2", "3", "4"]), names, st.sampled_from(["x", "y", None]), st.integers(0, 3)
)
rows = st.lists(row, min_size=1, max_size=5, unique_by=lambda r: r[0])


def database(a: list, b: list) -> duckdb.DuckDBPyConnection:
    db = duckdb.connect()
    db.execute("create schema lake")
    for name, given_rows in (("a", a), ("b", b)):
        db.execute(f"create table lake.{name} (id varchar, k varchar, v varchar, w bigint)")
        db.executemany(f"insert into lake.{name} values (?, ?, ?, ?)", given_rows)
    return db


def asked_of(
    db: duckdb.DuckDBPyConnection, sql: str, columns: set[str], where: dict[str, str]
) -> list[Asked]:
    def values(source, column, condition, own):
        found = db.execute(
            f'select distinct "{column}" from {source} as held where {condition_sql(condition)} and {own}'
        ).fetchall()
        return frozenset(str(v) for (v,) in found if v is not None)

    scope = build_scope(qualify(parse_one(sql, dialect="duckdb"), dialect="duckdb", schema=SCHEMA))
    condition = {c: frozenset({v}) for c, v in where.items()}
    return influences(scope, frozenset(columns), condition, values)


def is_asked(asked: list[Asked], table: str, found: tuple, column: str) -> bool:
    held = dict(zip(("id", "k", "v", "w"), found, strict=True))
    return any(
        a.relation == f"lake.{table}"
        and column in a.columns
        and all(str(held[c]) in values for c, values in a.where.items() if c in NAMES)
        for a in asked
    )


@pytest.mark.parametrize("sql", QUERIES.values(), ids=QUERIES)
@settings(max_examples=4, derandomize=True, deadline=None)
@given(a=rows, b=rows, at=st.integers(0, 20))
def test_a_cell_that_is_not_asked_for_cannot_change_the_answer(sql: str, a: list, b: list, at: int):
    db = database(a, b)
    answer = db.execute(sql).fetchall()
    outputs = [d[0] for d in db.description]
    if not answer:
        return
    chosen = dict(zip(outputs, sorted(answer, key=str)[at % len(answer)], strict=True))
    where = {c: str(v) for c, v in chosen.items() if c in ("id", "k", "level") and v is not None}
    asked = asked_of(db, sql, {"n"}, where)

    rows_asked = condition_sql({c: frozenset({v}) for c, v in where.items()})

    def figure() -> list:
        return sorted(db.execute(f"select n from ({sql}) as q where {rows_asked}").fetchall(), key=str)

    before = figure()
    for table, held in (("a", a), ("b", b)):
        for found in held:
            for column, others in (("v", ["x", "y", None]), ("w", [0, 1, 2, 3, 9])):
                if is_asked(asked, table, found, column):
                    continue
                for other in others:
                    db.execute(f"update lake.{table} set {column} = ? where id = ?", [other, found[0]])
                    assert figure() == before, (table, found, column, other)
                db.execute(
                    f"update lake.{table} set {column} = ? where id = ?",
                    [found[2 if column == "v" else 3], found[0]],
                )


ONE = [("1", "1", "x", 1), ("2", "2", "x", 2), ("3", "3", "y", 3)]


@pytest.mark.parametrize(
    ("query", "where", "table", "wanted"),
    [
        ("a sum by group", {"k": "1"}, "a", {"1"}),
        ("a window", {"k": "1", "id": "1"}, "a", {"1"}),
        ("a window over everything", {"k": "1", "id": "1"}, "a", {"1", "2", "3"}),
        ("a named window", {"k": "2", "id": "2"}, "a", {"2"}),
        ("a full join", {"k": "3"}, "b", {"3"}),
        ("an inner join", {"k": "2"}, "b", {"2"}),
        ("a left join", {"k": "2"}, "b", {"2"}),
        ("a union with a branch for each level", {"k": "1", "level": "one"}, "b", set()),
        ("a union with a branch for each level", {"k": "all", "level": "all"}, "a", set()),
    ],
)
def test_rows_are_narrowed_as_far_as_the_query_keeps_them_apart(query, where, table, wanted):
    db = database(ONE, ONE)
    asked = asked_of(db, QUERIES[query], {"m" if query == "a full join" else "n"}, where)
    assert {r[0] for r in ONE if any(is_asked(asked, table, r, c) for c in ("v", "w"))} == wanted


def test_columns_that_nothing_is_made_from_are_not_asked_for():
    db = database(ONE, ONE)
    (asked,) = asked_of(db, QUERIES["a sum by group"], {"n"}, {"k": "1"})
    assert asked.columns == {"k", "w"}


@pytest.mark.parametrize(
    "sql",
    [
        f"select k, w as n from {A} order by w limit 1",
        f"select a.k, b.w as n from {A} as a right join {B} as b on a.k = b.k",
        f"select a.k, a.w as n from {A} as a anti join {B} as b on a.k = b.k",
        f"select a.k, a.w as n from {A} as a semi join {B} as b on a.k = b.k",
        f"select k, w as n from {A} qualify row_number() over (order by id) = 1",
        f"select distinct on (v) k, w as n from {A}",
        f"select k, sum(w) as n from {A} group by rollup (k)",
        f"select a.k, b.w as n from {A} as a asof join {B} as b on a.k = b.k and a.w >= b.w",
    ],
)
def test_a_query_that_cannot_be_read_says_so(sql: str):
    with pytest.raises(UnreadableQueryError):
        asked_of(database(ONE, ONE), sql, {"n"}, {})


def test_too_many_ways_into_a_relation_are_taken_together_and_only_widen():
    several = [
        Asked("lake.a", frozenset({"v"}), {"k": frozenset({str(n)}), "id": frozenset({"1"})})
        for n in range(20)
    ]
    several.append(Asked("lake.a", frozenset({"w"}), {"k": frozenset({"x"})}))
    assert len(several) > MOST_PER_RELATION
    (one,) = together(several)
    assert one.columns == {"v", "w"} and one.where == {"k": frozenset({*map(str, range(20)), "x"})}
