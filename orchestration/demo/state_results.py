"""Results of the demonstration state's schools: indicators, and the state's own summative index.

What a school is designated for shows in the results that its list rests on, mostly: the lists and the
rules of the demonstration's policy are to differ here and there, each for a reason that can be told.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from orchestration.demo.words import generator

if TYPE_CHECKING:
    from orchestration.demo.state import District, School

GROUPS = ("ECON", "EL", "SWD")
RESULT_YEARS = {"2021-22": "2022-23", "2022-23": "2023-24"}  # results -> the list that rests on them
SUPPRESSED_BELOW = 11
SEED = 7

# school and year of a list -> category, reason and named student groups
Listed = Callable[["School", str], tuple[str, str, tuple[str, ...]]]


def indicators(districts: Sequence[District], listed: Listed, new_school: str) -> list[dict[str, Any]]:
    """Results by school, LEA and state, all students and groups; small groups are suppressed."""
    rows: list[dict[str, Any]] = []
    state = "0" * 8
    for year, list_year in RESULT_YEARS.items():
        sums: dict[tuple[str, str, str], list[int]] = {}
        for school in (s for d in districts for s in d.schools if s.org_id != new_school):
            rng = generator(SEED, "results", school.org_id, year)
            for indicator, chance, students in _measured(rng, school, listed(school, list_year)[1]):
                for group, size in (
                    ("ALL", students),
                    *((g, int(students * rng.uniform(0.03, 0.6))) for g in GROUPS),
                ):
                    share = min(max(chance + (0 if group == "ALL" else rng.gauss(-0.06, 0.05)), 0.02), 0.98)
                    counted = min(size, round(size * share))
                    rows.append(_result(year, indicator, school.org_id, "school", group, counted, size))
                    if indicator == "ela_met":
                        enrolled = round(size / _tested_share(school, year))
                        rows.append(
                            _result(year, "ela_participation", school.org_id, "school", group, size, enrolled)
                        )
                    for scope in (school.lea_id, state):
                        total = sums.setdefault((indicator, scope, group), [0, 0])
                        total[0] += counted
                        total[1] += size
        for (indicator, org_id, group), (counted, size) in sums.items():
            rows.append(
                _result(year, indicator, org_id, "state" if org_id == state else "lea", group, counted, size)
            )
    return rows


def _tested_share(school: School, year: str) -> float:
    """Most schools test nearly everybody, a few fewer than 95 of 100."""
    draw = generator(SEED, "tested", school.org_id, year).random()
    return 0.85 if draw < 0.1 else 0.97


def _measured(rng: random.Random, school: School, reason: str) -> list[tuple[str, float, int]]:
    """Indicator, share of students and number of students."""
    low = 0.2 if reason == "low_performance" else 0
    found = [
        ("chronic_absence", 0.24 + low - 0.06 * school.quality + rng.gauss(0, 0.02), school.enrollment),
        ("ela_met", 0.42 - low + 0.09 * school.quality + rng.gauss(0, 0.02), school.enrollment // 2),
    ]
    if school.kind == "High":
        usual = 0.62 if reason == "low_graduation" else 0.82 + 0.06 * school.quality
        found.append(("graduation_4yr", usual + rng.gauss(0, 0.02), school.enrollment // 4))
    return found


def _result(
    year: str, indicator: str, org_id: str, scope: str, group: str, counted: int, size: int
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "school_year": year,
        "indicator": indicator,
        "org_id": org_id,
        "org_scope": scope,
        "subgroup": group,
    }
    if size < SUPPRESSED_BELOW:
        return row | {"numerator": "*", "denominator": "*", "rate": "*"}
    return row | {"numerator": counted, "denominator": size, "rate": f"{100 * counted / size:.1f}"}


def summative(districts: Sequence[District], listed: Listed, new_school: str) -> list[dict[str, Any]]:
    """The state's index of each school and student group, 0 to 100."""
    rows = []
    for year, list_year in RESULT_YEARS.items():
        for school in (s for d in districts for s in d.schools if s.org_id != new_school):
            rng = generator(SEED, "index", school.org_id, year)
            _, reason, named = listed(school, list_year)
            index = 62 + 4 * school.quality + rng.gauss(0, 2)
            if reason == "low_performance":
                index = 33 + rng.gauss(0, 3)
            for group in ("ALL", *GROUPS):
                of_group = index - (0 if group == "ALL" else rng.uniform(1, 9))
                if group in named:
                    of_group = (
                        30 + rng.gauss(0, 3) if reason == "low_subgroup" else index - rng.uniform(23, 30)
                    )
                students = (
                    school.enrollment if group == "ALL" else int(school.enrollment * rng.uniform(0.1, 0.6))
                )
                rows.append(
                    {
                        "school_year": year,
                        "org_id": school.org_id,
                        "subgroup": group,
                        "index_value": f"{min(max(of_group, 1), 99):.1f}",
                        "n_students": students,
                        "grade_span": "high" if school.kind == "High" else "elementary and middle",
                        "is_title1": "",
                        "is_alternative": "true" if school.org_id.endswith("0107") else "false",
                    }
                )
    return rows
