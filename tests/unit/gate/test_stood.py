"""What the gate need not judge again, and what it must."""

from __future__ import annotations

import shutil

import duckdb

from orchestration.gate.stood import Stood
from orchestration.gate.verdict import GateVerdict


def again(made, before: GateVerdict, *changed: str) -> GateVerdict:
    """The gate on the candidate of the next night, in which these models changed."""
    return made.run(stood=Stood(before, frozenset(changed)))


def judged(verdict: GateVerdict) -> dict[str, str]:
    return {m.mart: m.judged for m in verdict.marts}


def test_marts_of_which_nothing_changed_keep_their_verdict_and_its_night(bench):
    made = bench()
    first = made.run()
    second = again(made, first)
    assert judged(second) == {"dim_school": "2024-06-15T00:00:00", "rpt_rate": "2024-06-15T00:00:00"}
    assert second.passed and second.candidate_sha256 == first.candidate_sha256
    assert [m.checks for m in second.marts] == [m.checks for m in first.marts]
    assert judged(again(made, second)) == judged(second), "the night that judged it stays the same"


def test_a_mart_that_changed_is_judged_and_refused_for_what_it_holds_now(bench):
    made = bench()
    first = made.run()
    with duckdb.connect(str(made.candidate)) as db:
        db.execute("update marts.rpt_rate set rate = 2 where org_id = '0001'")
    second = again(made, first, "rpt_rate")
    assert not second.passed and "rate must be" in second.problems[0]
    assert judged(second) == {"dim_school": "2024-06-15T00:00:00", "rpt_rate": ""}


def test_a_mart_whose_check_reads_another_that_changed_is_judged_again(bench):
    made = bench()
    first = made.run()
    with duckdb.connect(str(made.candidate)) as db:
        db.execute("delete from marts.dim_school where org_id = '0003'")
    second = again(made, first, "dim_school")
    assert judged(second) == {"dim_school": "", "rpt_rate": ""}
    assert not second.passed and "every school is in the directory" in second.problems[0]


def test_a_check_that_reads_the_nights_time_is_made_every_night(bench, suites):
    query = "select org_id from {batch} where (select as_of from lake.run) > '2024-07-01'"
    suites["dim_school"]["expectations"] = [
        {
            "type": "unexpected_rows_expectation",
            "kwargs": {"unexpected_rows_query": query, "description": "nothing is from after June"},
            "notes": "a test",
        }
    ]
    made = bench(suites=suites)
    first = made.run()
    with duckdb.connect(str(made.candidate)) as db:
        db.execute("update lake.run set as_of = '2024-07-02'")
    second = again(made, first, "lake.run")
    assert judged(second) == {"dim_school": "", "rpt_rate": "2024-06-15T00:00:00"} and not second.passed


def test_a_mart_that_lost_rows_without_having_been_made_is_hashed_all_the_same(bench):
    made = bench()
    first = made.run()
    with duckdb.connect(str(made.candidate)) as db:
        db.execute("delete from marts.dim_school where org_id = '0003'")
    assert again(made, first).candidate_sha256 != first.candidate_sha256


def test_pages_of_what_was_not_judged_again_stay_and_say_of_which_night_they_are(bench):
    made = bench()
    first = made.run()
    old = {p.name for p in (made.docs / "validations" / "dim_school").rglob("*.html")}
    again(made, first, "rpt_rate")
    assert {p.name for p in (made.docs / "validations" / "dim_school").rglob("*.html")} == old != set()
    index = (made.docs / "index.html").read_text()
    assert "Nothing of it has changed since the night as of 2024-06-15T00:00:00 UTC" in index


def test_where_the_pages_are_gone_all_is_judged_anew(bench):
    made = bench()
    first = made.run()
    shutil.rmtree(made.docs)
    second = again(made, first)
    assert set(judged(second).values()) == {""}
    assert list((made.docs / "validations" / "dim_school").rglob("*.html"))
