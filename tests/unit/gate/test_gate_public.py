"""The gate judges the public tables with the marts: what they may not tell refuses the whole candidate."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from orchestration.disclosure.build import build_public
from orchestration.disclosure.declaration import public_marts
from orchestration.gate.record import read_record
from orchestration.gate.run import run_gate

MARTS = ["dim_school", "rpt_rate"]
DICTIONARY: dict[str, Any] = {
    "dim_school": {
        "key": ["org_id"],
        "audience": "public",
        "columns": {"org_id": {}, "name": {}},
        "public": {"columns": ["org_id"]},
    },
    "rpt_rate": {
        "key": ["org_id"],
        "audience": "public",
        "columns": {c: {} for c in ("org_id", "numerator", "denominator", "rate", "year")},
        "public": {
            "columns": ["org_id"],
            "figure": {
                "columns": ["numerator", "rate"],
                "rests_on": "numerator",
                "fewest": "min_n",
                "year": "year",
            },
        },
    },
}
POLICY = (
    "create schema intermediate",
    "create table intermediate.int_policy_years as select * from (values ('2023-24', 'min_n', '10', 10.0), "
    "('2023-24', 'hidden_span', '3', 3.0)) t(school_year, parameter, value, number_value)",
    "alter table marts.rpt_rate add column year varchar default '2023-24'",
)


@pytest.fixture
def judged(bench):
    """Builds the public tables of a bench, changes them, and gives the gate's verdict."""

    def judge(*changes: str, public=None):
        b = bench(*POLICY)
        declared = public_marts(DICTIONARY)
        build_public(b.candidate, declared)
        if changes:
            with duckdb.connect(str(b.candidate)) as db:
                for change in changes:
                    db.execute(change)
        public = declared if public is None else public
        verdict = run_gate(b.candidate, b.suites, MARTS, b.record, b.docs, public=public)
        assert read_record(b.record) == verdict
        return verdict

    return judge


def test_the_record_names_the_public_tables_and_how_much_they_hide(judged) -> None:
    verdict = judged()

    assert verdict.passed, verdict.problems
    assert [(p.mart, p.rows, p.hidden_rows) for p in verdict.public] == [
        ("dim_school", 20, 0),
        ("rpt_rate", 20, 10),
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("alter table public_marts.dim_school add column name varchar default 'School 1'", "name is not declared"),
        ("update public_marts.rpt_rate set suppression = null, numerator = 3, rate = .15 where org_id = '0003'", "too few"),
        ("drop table public_marts.rpt_rate", "was not built"),
    ],
)  # fmt: skip
def test_public_tables_that_tell_too_much_or_are_missing_refuse(judged, change: str, reason: str) -> None:
    verdict = judged(change)

    assert not verdict.passed and any(reason in p for p in verdict.problems), verdict.problems


def test_public_tables_that_nobody_declared_refuse(judged) -> None:
    verdict = judged(public={})

    assert not verdict.passed
    assert [p for p in verdict.problems if "dim_school is not declared" in p]


def test_an_attack_that_cannot_be_run_refuses(judged) -> None:
    verdict = judged("drop table intermediate.int_policy_years")

    assert not verdict.passed and any("cannot be judged" in p for p in verdict.problems)
