"""The verdict from answers alone, without Great Expectations: fail-closed in every direction."""

from __future__ import annotations

from datetime import datetime

import pytest

from orchestration.content import MartContent
from orchestration.gate.suites import Expectation, Suite
from orchestration.gate.verdict import decide, describe, refused


def raised(message: str, flag: bool = True) -> dict[str, object]:
    """What Great Expectations says of an expectation that raised."""
    return {"raised_exception": flag, "exception_message": message}


FINE = {
    "success": True,
    "result": {"element_count": 3, "unexpected_count": 0},
    "exception_info": {"raised_exception": False, "exception_message": None, "exception_traceback": None},
}
UNIQUE = Expectation("expect_column_values_to_be_unique", {"column": "k"}, "the key")


def verdict(answers, rows=3, expectations=(UNIQUE,), may_be_empty=False):
    return decide(
        contents={"m": MartContent(rows, "0" * 64, (("k", "VARCHAR"),))},
        suites={"m": Suite("m", may_be_empty, tuple(expectations))},
        answers={"m": answers},
        expected_marts=["m"],
        candidate_sha256="c",
        as_of=datetime(2024, 6, 15),
    )


def test_an_expectation_evaluated_and_met_passes():
    assert verdict([FINE]).passed


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "was not evaluated"),
        ({}, "found nothing"),
        ({**FINE, "success": False}, "0 of 3 rows fail"),
        ({**FINE, "success": None}, "fail"),
        ({**FINE, "success": "true"}, "fail"),
        ({**FINE, "result": {}}, "found nothing"),
        ({**FINE, "exception_info": raised("boom")}, "could not be evaluated: boom"),
        ({**FINE, "exception_info": raised("boom", False)}, "could not be evaluated: boom"),
        ({**FINE, "exception_info": {"a metric": raised("boom")}}, "boom"),
        ({**FINE, "exception_info": {"a metric": "odd"}}, "its result cannot be understood"),
        ({**FINE, "exception_info": "odd"}, "its result cannot be understood"),
        ({**FINE, "exception_info": raised("")}, "no reason given"),
    ],
)  # fmt: skip
def test_anything_else_refuses_whatever_success_says(answer, said):
    found = verdict([answer])
    assert not found.passed and not found.marts[0].passed
    assert said in found.problems[0]


def test_fewer_answers_than_expectations_refuse():
    other = Expectation("expect_column_values_to_not_be_null", {"column": "k"}, "the key")
    assert verdict([FINE], expectations=(UNIQUE, other)).problems == (
        "m: k must be filled: was not evaluated",
    )
    assert not verdict([]).passed


def test_a_suite_that_evaluated_nothing_refuses():
    assert verdict([], expectations=()).problems == ("m: no expectation was evaluated",)


def test_an_empty_mart_refuses_unless_it_may_be_empty():
    assert verdict([FINE], rows=0).problems == (
        "m: has no rows, and its suite does not say that it may be empty",
    )
    assert verdict([FINE], rows=0, may_be_empty=True).passed


def test_a_candidate_that_could_not_be_read_never_passes():
    assert not refused([]).passed and refused([]).problems


def test_values_of_measures_are_not_shown_but_keys_are():
    answer = {
        "success": False,
        "result": {"element_count": 9, "unexpected_count": 2, "partial_unexpected_list": ["x1", "x2"]},
    }
    assert "x1" in verdict([answer]).problems[0]
    between = Expectation(
        "expect_column_values_to_be_between", {"column": "score", "max_value": 4}, "levels 1 to 4"
    )
    assert verdict([answer], expectations=[between]).problems == (
        "m: score must be at most 4: 2 of 9 rows fail",
    )


@pytest.mark.parametrize(
    ("kind", "kwargs", "said"),
    [
        (
            "column_values_to_not_be_null",
            {"column": "a", "mostly": 0.95},
            "a must be filled in at least 95% of rows",
        ),
        ("compound_columns_to_be_unique", {"column_list": ["a", "b"]}, "a, b together must be unique"),
        ("column_values_to_be_in_set", {"column": "a", "value_set": ["x", "y"]}, "a must be one of x, y"),
        ("column_sum_to_be_between", {"column": "a"}, "expect column sum to be between of a"),
        (
            "column_pair_values_a_to_be_greater_than_b",
            {"column_A": "a", "column_B": "b", "or_equal": True},
            "a must be at least b",
        ),
    ],
)
def test_expectations_are_described_in_plain_words(kind, kwargs, said):
    assert describe(Expectation(f"expect_{kind}", kwargs, "n")) == said
