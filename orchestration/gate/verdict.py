"""Turns what Great Expectations answered into a verdict. No I/O here, and no Great Expectations.

Fail-closed: only an expectation that was evaluated and met passes; everything else refuses, with a
message for the person who reads it. Messages hold counts, and up to five keys or codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.content import MartContent
from orchestration.gate.suites import Expectation, Suite

# An answer as Great Expectations gives it in JSON: success, result, exception_info.
Answer = Mapping[str, Any]

SHOWN = 5
# Only these say in a message which values failed: keys, codes, or the columns that a query's author chose.
_SHOWS_VALUES = {
    "expect_column_values_to_be_unique",
    "expect_compound_columns_to_be_unique",
    "expect_column_values_to_be_in_set",
    "expect_column_distinct_values_to_be_in_set",
    "expect_column_distinct_values_to_equal_set",
}


@dataclass(frozen=True)
class CheckResult:
    """What became of one expectation: `message` in plain words, `observed` a count or the table's value."""

    type: str
    column: str
    passed: bool
    message: str
    observed: str
    notes: str


@dataclass(frozen=True)
class MartVerdict:
    """What became of one mart; `rows` and `sha256` say exactly which content was judged.

    `judged` is the as-of time of the earlier night that judged it, where nothing changed since; blank for this night.
    """

    mart: str
    passed: bool
    rows: int
    sha256: str
    checks: tuple[CheckResult, ...]
    judged: str = ""


@dataclass(frozen=True)
class PublicTable:
    """A public table that was judged; `hidden_rows` of its rows have their figure hidden."""

    mart: str
    rows: int
    sha256: str
    hidden_rows: int


@dataclass(frozen=True)
class GateVerdict:
    """What became of a candidate.

    Args:
        passed: whether it may be published; true exactly where there are no problems.
        candidate_sha256: content hash of the candidate; blank where it could not be read.
        as_of: the night's time; None where the candidate could not be read.
        marts: per mart, in order of name.
        problems: every reason to refuse.
        public: the public tables, in order of name; only these may be published to the public.
    """

    passed: bool
    candidate_sha256: str
    as_of: datetime | None
    marts: tuple[MartVerdict, ...]
    problems: tuple[str, ...]
    public: tuple[PublicTable, ...] = ()

    @property
    def checks(self) -> int:
        """Number of checks that were evaluated or tried."""
        return sum(len(m.checks) for m in self.marts)

    @property
    def checks_passed(self) -> int:
        """Number of checks that passed."""
        return sum(c.passed for m in self.marts for c in m.checks)


def decide(
    *,
    contents: Mapping[str, MartContent],
    suites: Mapping[str, Suite],
    answers: Mapping[str, Sequence[Answer | None]],
    expected_marts: Sequence[str] | None,
    candidate_sha256: str,
    as_of: datetime,
    problems: Sequence[str] = (),
    public: Sequence[PublicTable] = (),
    kept: Mapping[str, MartVerdict] | None = None,
) -> GateVerdict:
    """The verdict on a candidate.

    Args:
        contents: what the candidate's marts hold.
        suites: the suites by mart.
        answers: by mart, one answer per expectation of its suite, in the suite's order; None for none.
        expected_marts: marts that dbt says it builds; None where that is not known.
        candidate_sha256: content hash of the candidate.
        as_of: the night's time.
        problems: what went wrong before (suites that cannot be read, an engine that stopped).
        public: the public tables.
        kept: by mart verdicts of an earlier night that still hold.
    """
    found = [*problems, *_coverage_problems(set(contents), set(suites), expected_marts)]
    marts = []
    for mart in sorted(set(contents)):
        if kept and mart in kept:
            marts.append(kept[mart])
            continue
        suite = suites.get(mart)
        checks: tuple[CheckResult, ...] = ()
        mine: list[str] = []
        if suite is not None:
            checks = _checks(suite, answers.get(mart, ()))
            if not checks:
                mine.append("no expectation was evaluated")
            if contents[mart].rows == 0 and not suite.may_be_empty:
                mine.append("has no rows, and its suite does not say that it may be empty")
            mine += [c.message for c in checks if not c.passed]
        found += [f"{mart}: {p}" for p in mine]
        passed = suite is not None and not mine
        marts.append(MartVerdict(mart, passed, contents[mart].rows, contents[mart].sha256, checks))
    if not marts:
        found.append("the candidate has no marts")
    return GateVerdict(not found, candidate_sha256, as_of, tuple(marts), tuple(found), tuple(public))


def refused(problems: Sequence[str]) -> GateVerdict:
    """The verdict on a candidate that could not be read at all."""
    return GateVerdict(False, "", None, (), tuple(problems) or ("the candidate could not be judged",))


def _coverage_problems(marts: set[str], suites: set[str], expected: Sequence[str] | None) -> list[str]:
    problems = [f"{m}: the mart has no suite; write expectations/{m}.yaml" for m in sorted(marts - suites)]
    problems += [f"{m}: there is a suite, but the candidate has no such mart" for m in sorted(suites - marts)]
    if expected is not None:
        problems += [
            f"{m}: dbt should have built it, but the candidate has no such mart"
            for m in sorted(set(expected) - marts)
        ]
        problems += [
            f"{m}: the candidate has this table among its marts, but dbt does not build it"
            for m in sorted(marts - set(expected))
        ]
    return problems


def _checks(suite: Suite, answers: Sequence[Answer | None]) -> tuple[CheckResult, ...]:
    padded = [*answers, *[None] * len(suite.expectations)][: len(suite.expectations)]
    return tuple(_check(e, a) for e, a in zip(suite.expectations, padded, strict=True))


def _check(expectation: Expectation, answer: Answer | None) -> CheckResult:
    what = describe(expectation)
    observed = ""
    raised = "" if answer is None else raised_message(answer)
    if answer is None:
        passed, message = False, f"{what}: was not evaluated"
    elif raised:
        passed, message = False, f"{what}: could not be evaluated: {raised}"
    else:
        result = answer.get("result") or {}
        observed = _observed(result)
        passed = answer.get("success") is True and bool(result)
        message = what if passed else f"{what}: {_failure(expectation, result, observed)}"
    return CheckResult(expectation.type, expectation.column, passed, message, observed, expectation.notes)


def raised_message(answer: Answer) -> str:
    """Why an expectation raised; blank where it did not.

    Great Expectations writes either one such record or one per metric, and where an expectation
    raised, `success` alone says no more than that it was not met, or even that it was.
    """
    info = answer.get("exception_info")
    if not info:
        return ""
    if not isinstance(info, Mapping):
        return "its result cannot be understood"
    records = [info] if "raised_exception" in info else [r for r in info.values() if isinstance(r, Mapping)]
    raised = [r for r in records if r.get("raised_exception") or r.get("exception_message")]
    if not raised and "raised_exception" in info:
        return ""
    if not raised:
        return "its result cannot be understood"
    # an engine's message may quote the value it stumbled over
    return re.sub(r"'[^']*'", "'…'", first_line(str(raised[0].get("exception_message") or "")))


def first_line(text: str) -> str:
    """The first line of an error's text, short enough for a message."""
    lines = text.strip().splitlines()
    return lines[0][:300] if lines else "no reason given"


def _observed(result: Mapping[str, Any]) -> str:
    if "unexpected_count" in result:
        return f"{result['unexpected_count'] or 0:,} of {result.get('element_count') or 0:,} rows"
    value = result.get("observed_value")
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)[:200]


def _failure(expectation: Expectation, result: Mapping[str, Any], observed: str) -> str:
    text = f"{observed} fail" if "unexpected_count" in result else f"found {observed or 'nothing'}"
    examples: list[Any] = []
    if expectation.type == "unexpected_rows_expectation":
        text = f"{observed} rows fail"
        examples = (result.get("details") or {}).get("unexpected_rows") or []
    elif expectation.type in _SHOWS_VALUES:
        examples = list(dict.fromkeys(map(str, result.get("partial_unexpected_list") or [])))
    shown = ", ".join(_example(e) for e in examples[:SHOWN])
    return f"{text} (such as {shown})" if shown else text


def _example(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{k}={v}" for k, v in value.items())[:200]
    return str(value)[:200]


def describe(expectation: Expectation) -> str:
    """What an expectation asks, in plain words."""
    k = expectation.kwargs
    column = expectation.column
    mostly = f" in at least {k['mostly']:.0%} of rows" if "mostly" in k else ""
    within = " and ".join(
        part
        for part in (
            f"at least {k['min_value']}" if k.get("min_value") is not None else "",
            f"at most {k['max_value']}" if k.get("max_value") is not None else "",
        )
        if part
    )
    bound = "at least" if k.get("or_equal") else "more than"
    phrases = {
        "expect_column_values_to_be_unique": f"{column} must be unique",
        "expect_compound_columns_to_be_unique": f"{column} together must be unique",
        "expect_column_values_to_not_be_null": f"{column} must be filled",
        "expect_column_values_to_be_null": f"{column} must be blank",
        "expect_column_values_to_be_in_set": f"{column} must be one of {_codes(k)}",
        "expect_column_distinct_values_to_equal_set": f"{column} must hold exactly {_codes(k)}",
        "expect_column_distinct_values_to_contain_set": f"{column} must hold all of {_codes(k)}",
        "expect_column_values_to_be_between": f"{column} must be {within}",
        "expect_column_value_lengths_to_be_between": f"the length of {column} must be {within}",
        "expect_column_value_lengths_to_equal": f"the length of {column} must be {k.get('value')}",
        "expect_table_row_count_to_be_between": f"the number of rows must be {within}",
        "expect_table_row_count_to_equal": f"the number of rows must be {k.get('value')}",
        "expect_column_pair_values_a_to_be_greater_than_b": (
            f"{k.get('column_A')} must be {bound} {k.get('column_B')}"
        ),
        "unexpected_rows_expectation": str(k.get("description") or "the query must find no row"),
    }
    fallback = f"{expectation.type.replace('_', ' ')} of {column or 'the table'}"
    return " ".join(phrases.get(expectation.type, fallback).split()) + mostly


def _codes(kwargs: Mapping[str, Any]) -> str:
    codes = [str(v) for v in kwargs.get("value_set") or []]
    more = f" … ({len(codes)} codes)" if len(codes) > 12 else ""
    return ", ".join(codes[:12]) + more
