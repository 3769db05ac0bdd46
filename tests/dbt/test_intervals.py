"""The intervals of macros/intervals.sql against the exact figures they stand for."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import duckdb
import jinja2
import pytest

from orchestration.settings import DBT_PROJECT


@pytest.fixture(scope="module")
def macros() -> Any:
    rounded = _module("codes.sql").rounded
    return _module("intervals.sql", rounded=rounded)


def _module(file: str, **known: Any) -> Any:
    text = (DBT_PROJECT / "macros" / file).read_text(encoding="utf-8")
    return jinja2.Environment(autoescape=False).from_string(text, globals=known).module


def test_the_median_lies_between_the_ranks_at_least_95_times_in_100(macros: Any) -> None:
    sql = f"select n, {macros.median_rank('n')} from range(1, 300) as t(n)"
    for n, rank in duckdb.sql(sql).fetchall():
        below = sum(math.comb(n, k) for k in range(rank)) / 2**n
        assert rank >= 0 and 1 - 2 * below >= 0.95, n
        assert (rank == 0) == (n < 6), n


def test_wilsons_interval_is_the_solution_of_its_equation(macros: Any) -> None:
    z = NormalDist().inv_cdf(0.975)
    low, high = macros.wilson_bound("k", "n", -1), macros.wilson_bound("k", "n", 1)
    sql = f"select n, k, {low}, {high} from range(1, 60) as t(n), range(0, 60) as u(k) where k <= n"
    for n, k, *ends in duckdb.sql(sql).fetchall():
        for end in ends:
            assert 0 <= end <= 1 and ends[0] <= k / n <= ends[1]
            # an end is a share p from which the one seen lies z standard errors away
            assert (k / n - end) ** 2 == pytest.approx(z**2 * end * (1 - end) / n, abs=1e-7)


def test_the_interval_of_nothing_is_nothing(macros: Any) -> None:
    assert duckdb.sql(f"select {macros.wilson_bound('0', '0', 1)}").fetchall() == [(None,)]


@pytest.mark.parametrize(("way", "whole"), [("4.2", "7"), ("0.42", "0.7"), ("0.12", "0.2"), ("6", "10")])
def test_a_ratio_of_decimals_is_the_nearest_double(macros: Any, way: str, whole: str) -> None:
    ratio = macros.exact_ratio(f"cast({way} as decimal(24, 8))", f"cast({whole} as decimal(24, 8))")
    assert duckdb.sql(f"select {ratio}").fetchall() == [(0.6,)]
