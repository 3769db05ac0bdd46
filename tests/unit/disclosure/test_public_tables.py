"""The public tables of a candidate: what is in them, what is hidden, and what the gate's inspection refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.disclosure.build import build_public
from orchestration.disclosure.declaration import public_marts
from orchestration.disclosure.inspect import public_problems
from orchestration.errors import BadDataError


def rows(candidate: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(candidate), read_only=True) as db:
        return db.execute(query).fetchall()


def built(candidate: Path, dictionary: dict[str, Any]) -> dict[str, Any]:
    public = public_marts(dictionary)
    build_public(candidate, public)
    return public


def changed(candidate: Path, statement: str) -> None:
    with duckdb.connect(str(candidate)) as db:
        db.execute(statement)


def test_only_declared_marts_columns_and_rows_are_public(candidate: Path, dictionary: dict[str, Any]) -> None:
    public = built(candidate, dictionary)

    columns = rows(
        candidate,
        "select table_name, string_agg(column_name, ' ' order by ordinal_position) "
        "from information_schema.columns where table_schema = 'public_marts' group by 1 order by 1",
    )
    assert columns == [
        ("fct_result", "org_id lea_id kind n_students actual is_met suppression"),
        ("rpt_met", "scope_id n_readable n_met suppression"),
    ]
    assert rows(candidate, "select distinct kind from public_marts.fct_result") == [("goal",)]
    assert public_problems(candidate, public) == []


def test_a_new_column_of_a_mart_does_not_become_public_by_itself(
    candidate: Path, dictionary: dict[str, Any]
) -> None:
    changed(
        candidate, "alter table marts.fct_result add column person_responsible varchar default 'A. Person'"
    )
    dictionary["fct_result"]["columns"]["person_responsible"] = {}

    built(candidate, dictionary)

    assert "person_responsible" not in str(rows(candidate, "describe public_marts.fct_result"))


def test_what_rests_on_few_is_withheld_extreme_or_of_no_known_number_is_hidden_with_one_word(
    candidate: Path, dictionary: dict[str, Any]
) -> None:
    built(candidate, dictionary)

    told = dict(
        (r[0], r[1:])
        for r in rows(
            candidate, "select org_id, n_students, actual, is_met, suppression from public_marts.fct_result"
        )
    )
    for org_id in ("S1", "S2", "S3", "S4"):
        assert told[org_id] == (None, None, None, "hidden"), org_id
    assert told["S8"] == (None, None, None, None)  # there is no result to hide
    assert told["S7"] == (80, 64.0, False, None)


def test_a_year_without_a_policy_tells_nothing(candidate: Path, dictionary: dict[str, Any]) -> None:
    changed(candidate, "delete from intermediate.int_policy_years where parameter = 'min_n'")

    built(candidate, dictionary)

    assert rows(candidate, "select count(*) from public_marts.fct_result where actual is not null") == [(0,)]


def test_a_policy_that_tells_extreme_rates_hides_none(candidate: Path, dictionary: dict[str, Any]) -> None:
    changed(
        candidate, "update intermediate.int_policy_years set value = 'told' where parameter = 'extreme_rates'"
    )
    changed(candidate, "delete from marts.fct_result where org_id in ('S1', 'S2', 'S4', 'S9')")
    changed(candidate, "update marts.rpt_met set n_readable = 5, n_met = 3")

    built(candidate, dictionary)

    assert rows(candidate, "select actual from public_marts.fct_result where org_id = 'S3'") == [(100.0,)]


def test_a_policy_without_the_span_builds_nothing(candidate: Path, dictionary: dict[str, Any]) -> None:
    changed(candidate, "delete from intermediate.int_policy_years where parameter = 'hidden_span'")

    with pytest.raises(BadDataError, match="hidden_span"):
        built(candidate, dictionary)


def test_building_again_gives_the_same(candidate: Path, dictionary: dict[str, Any]) -> None:
    built(candidate, dictionary)
    first = rows(candidate, "select * from public_marts.fct_result order by all")

    built(candidate, dictionary)

    assert rows(candidate, "select * from public_marts.fct_result order by all") == first


FAULTS = {
    "a table of its own": ("create table public_marts.fct_note as from marts.fct_note", "not declared"),
    "a column that is not declared": (
        "alter table public_marts.fct_result add column coach varchar default 'A. Person'",
        "column coach is not declared",
    ),
    "a row that is not declared": (
        "insert into public_marts.fct_result (org_id, lea_id, kind) values ('S9', 'L', 'staff')",
        "not as in the mart",
    ),
    "a small figure that is told": (
        "update public_marts.fct_result set n_students = 4, actual = 50, is_met = true, suppression = null "
        "where org_id = 'S1'",
        "rest on too few",
    ),
    "a figure beside the mark": (
        "update public_marts.fct_result set is_met = true where org_id = 'S1'",
        "marked hidden and tell",
    ),
    "a note that says why": (
        "update public_marts.fct_result set suppression = 'fewer than 10' where org_id = 'S1'",
        "another note",
    ),
    "another figure": ("update public_marts.rpt_met set n_met = 99", "another figure|marked"),
    "a table that was not built": ("drop table public_marts.rpt_met", "was not built"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_gate_refuses_public_tables_with(fault: str, candidate: Path, dictionary: dict[str, Any]) -> None:
    public = built(candidate, dictionary)
    statement, reason = FAULTS[fault]
    if fault == "another figure":  # the total must be told for its figure to be another one
        changed(candidate, "update public_marts.rpt_met set suppression = null, n_readable = 8, n_met = 5")
    changed(candidate, statement)

    problems = public_problems(candidate, public)

    assert any(part in problem for problem in problems for part in reason.split("|")), problems


def test_the_gate_refuses_covers_that_were_taken_away(candidate: Path, dictionary: dict[str, Any]) -> None:
    """Each result that the build hid only to protect another is told after all: then the other is known."""
    changed(candidate, "delete from marts.fct_result where org_id in ('S2', 'S3', 'S4', 'S9')")
    changed(candidate, "update marts.rpt_met set n_readable = 5, n_met = 3")
    changed(candidate, "update marts.fct_result set n_students = 214 where org_id = 'L'")
    public = built(candidate, dictionary)
    assert public_problems(candidate, public) == []
    covers = "suppression is not null and org_id <> 'S1'"
    assert rows(candidate, f"select count(*) > 0 from public_marts.fct_result where {covers}") == [(True,)]

    changed(
        candidate,
        "update public_marts.fct_result p set n_students = m.n_students, actual = m.actual, is_met = m.is_met, "
        f"suppression = null from marts.fct_result m where m.org_id = p.org_id and p.{covers.replace('org_id', 'p.org_id')}",
    )

    assert any("can be computed back" in p for p in public_problems(candidate, public))
