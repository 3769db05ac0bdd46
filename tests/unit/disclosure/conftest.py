"""A candidate of two marts that share cells: results of schools, and how many of them were met."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import duckdb
import pytest

RESULTS: dict[str, Any] = {
    "key": ["org_id"],
    "audience": "public",
    "columns": {
        c: {}
        for c in (
            "org_id",
            "lea_id",
            "kind",
            "n_students",
            "actual",
            "is_met",
            "is_withheld",
            "school_year",
            "coach",
        )
    },
    "public": {
        "columns": ["org_id", "lea_id", "kind"],
        "rows": {"kind": ["goal"]},
        "figure": {
            "columns": ["n_students", "actual", "is_met"],
            "rests_on": "n_students",
            "fewest": "min_n",
            "year": "school_year",
            "withheld": "is_withheld",
            "extremes": {"actual": [0, 100]},
        },
        "sums": [
            {
                "says": "an LEA's students are those of its schools",
                "same": ["org_id", "lea_id"],
                "count": "n_students",
                "match": {"lea_id": "lea_id"},
                "parts": {"differ": ["org_id", "lea_id"], "count": "n_students"},
            }
        ],
    },
}
MET: dict[str, Any] = {
    "key": ["scope_id"],
    "audience": "public",
    "columns": {c: {} for c in ("scope_id", "n_readable", "n_met")},
    "public": {
        "columns": ["scope_id"],
        "figure": {"columns": ["n_readable", "n_met"]},
        "sums": [
            {
                "says": "those of a scope are those of its results",
                "count": "n_readable",
                "of_them": "n_met",
                "match": {"scope_id": "lea_id"},
                "parts": {"mart": "fct_result", "count": "is_met", "of_them": "is_met"},
            }
        ],
    },
}


@pytest.fixture
def dictionary() -> dict[str, Any]:
    """What the marts declare; a test may change it."""
    return copy.deepcopy(
        {
            "fct_result": RESULTS,
            "rpt_met": MET,
            "fct_note": {"key": ["org_id"], "audience": "internal", "columns": {}, "not_public": "Texts."},
        }
    )


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    """Nine schools of one LEA: one small, one withheld, one where everybody passed, one without a number."""
    file = tmp_path / "candidate.duckdb"
    with duckdb.connect(str(file)) as db:
        db.execute("create schema marts")
        db.execute("create schema intermediate")
        db.execute(
            "create table intermediate.int_policy_years as select * from (values "
            "('2023-24', 'min_n', '10', 10.0), ('2023-24', 'hidden_span', '3', 3.0), "
            "('2023-24', 'extreme_rates', 'hidden', null)) t(school_year, parameter, value, number_value)"
        )
        db.execute(
            """create table marts.fct_result as
            select org_id, 'L' as lea_id, kind, n_students::bigint as n_students, actual::double as actual,
                is_met::boolean as is_met, is_withheld, '2023-24' as school_year, 'A. Person' as coach
            from (values
                ('L', 'goal', 480, 61.0, true, false),
                ('S1', 'goal', 4, 50.0, true, false),
                ('S2', 'goal', null, null, null, true),
                ('S3', 'goal', 40, 100.0, true, false),
                ('S4', 'goal', null, 71.0, false, false),
                ('S5', 'goal', 60, 55.0, false, false),
                ('S6', 'goal', 70, 64.0, true, false),
                ('S7', 'goal', 80, 64.0, false, false),
                ('S8', 'goal', null, null, null, false),
                ('S9', 'staff', null, 90.0, true, false)
            ) t(org_id, kind, n_students, actual, is_met, is_withheld)"""
        )
        db.execute(
            "create table marts.rpt_met as select lea_id as scope_id, count(is_met) as n_readable, "
            "count(*) filter (where is_met) as n_met from marts.fct_result group by lea_id"
        )
        db.execute("create table marts.fct_note as select 'S1' as org_id, 'A. Person' as note")
    return file
