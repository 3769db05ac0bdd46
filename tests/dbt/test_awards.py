"""§1003 awards: published methods and figures of states, and the rules of a method one by one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from award_states import Awards, School, State, method_of, promise

from orchestration.allocation.load import load_method

METHODS = Path(__file__).parents[2] / "examples" / "methods"


@pytest.fixture(scope="module")
def awards(empty_build) -> Iterator[Awards]:
    home, _ = empty_build
    made = Awards(home)
    yield made
    made.db.close()


def preset(name: str):
    return load_method(METHODS / f"{name}.yaml")


def florida_schools() -> dict[str, School]:
    rows = [
        ("S1", "F", 80, 400, 90), ("S2", "F", 60, 600, 90), ("S3", "D", 75, 800, 90), ("S4", "D", 74, 500, 90),
        ("S5", None, 50, 300, 60), ("S6", "D", 90, 900, 67),
    ]  # fmt: skip
    return {
        org: School("L" + org, facts={k: v for k, v in {
            "rating": grade, "poverty_percent": poverty, "enrollment": pupils, "graduation_rate": graduated,
        }.items() if v is not None})
        for org, grade, poverty, pupils, graduated in rows
    }  # fmt: skip


def test_floridas_worked_example_sums_to_the_pool_to_the_cent(awards: Awards) -> None:
    """UniSIG 2017-18: rounded to cents each the six came to 1,499,999.99; the cent goes to the largest remainder."""
    awards.run({2024: State(150_000_000, preset("grade_poverty_per_pupil"), florida_schools())})
    assert awards.awards() == {
        "S1": 18_872_229, "S2": 27_742_177, "S3": 35_857_236, "S4": 21_938_967, "S5": 2_250_000, "S6": 43_339_391,
    } or awards.awards() == {
        "S1": 18_872_230, "S2": 27_742_177, "S3": 35_857_236, "S4": 21_938_967, "S5": 2_250_000, "S6": 43_339_390,
    }  # fmt: skip
    assert sum(awards.awards().values()) == 150_000_000
