"""Judges a file that was read back: suites of Great Expectations, as the gate runs them on a candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import duckdb

from orchestration.content import MARTS, MartContent, quoted
from orchestration.errors import ConfigError
from orchestration.gate.great_expectations_run import run_suites
from orchestration.gate.suites import Suite, load_suites
from orchestration.gate.verdict import CheckResult, GateVerdict, decide

SUITES = Path(__file__).parent / "suites"
HEADER = "header"
OF_EVERY_FILE = (HEADER, "record", "cell")
FLAGS = "_flags"


@dataclass(frozen=True)
class Judged:
    """What became of a file: `problems` refuse it, `flags` are for somebody to look at."""

    problems: tuple[str, ...]
    flags: tuple[str, ...]
    checks: tuple[CheckResult, ...]

    @property
    def passed(self) -> bool:
        """Whether it may stand where a passing file belongs."""
        return not self.problems


def suites_of(table: str) -> list[Suite]:
    """The suites of a file, those that refuse and those that flag.

    Raises:
        ConfigError: a suite cannot be read, or the file has none.
    """
    every, problems = _every()
    missing = [n for n in (*OF_EVERY_FILE, table, table + FLAGS) if n not in every]
    if problems or missing:
        raise ConfigError(
            f"{SUITES}: "
            + "; ".join([*problems, *(f"{m}.yaml is missing; no file is written unchecked" for m in missing)])
        )
    return [every[n] for n in (*OF_EVERY_FILE, table, table + FLAGS)]


@cache
def _every() -> tuple[dict[str, Suite], list[str]]:
    return load_suites(SUITES)


def judge(
    check_file: Path, table: str, as_of: datetime, docs: Path, *, made_empty: str | None = None
) -> Judged:
    """Run the suites of a file on its check file; what could not be evaluated refuses, as in the gate.

    Args:
        made_empty: why no record was put into the file, which refuses it; None where there are records. Of a file
            without records the header is judged alone, so that this reason is said once, not by every check in turn.
    """
    suites = suites_of(table)
    if made_empty is not None:
        suites = [s for s in suites if s.mart in (HEADER, table + FLAGS)]
    answers = run_suites(
        check_file, suites, docs, as_of, threads=2, memory_limit="1GB", progress=lambda _: None
    )
    with duckdb.connect(str(check_file), read_only=True) as db:
        contents = {s.mart: MartContent(_rows(db, s.mart), "", ()) for s in suites}
    verdicts: dict[bool, GateVerdict] = {}
    for is_flag in (False, True):
        chosen: Mapping[str, Suite] = {s.mart: s for s in suites if s.mart.endswith(FLAGS) == is_flag}
        verdicts[is_flag] = decide(
            contents={m: contents[m] for m in chosen},
            suites=chosen,
            answers=answers,
            expected_marts=None,
            candidate_sha256="",
            as_of=as_of,
        )
    flags = verdicts[True].marts[0].checks
    unanswered = [c.message for c in flags if not c.passed and not c.observed]
    return Judged(
        (*([made_empty] if made_empty else []), *map(_without_table, verdicts[False].problems), *unanswered),
        tuple(c.message for c in flags if not c.passed and c.observed),
        tuple(c for is_flag in (False, True) for m in verdicts[is_flag].marts for c in m.checks),
    )


def _without_table(problem: str) -> str:
    """The problem in words, without the name of our table before it."""
    return problem.partition(": ")[2] or problem


def _rows(db: duckdb.DuckDBPyConnection, table: str) -> int:
    found = db.execute(f"select count(*) from {MARTS}.{quoted(table)}").fetchone()
    assert found is not None  # a count is one row
    return int(found[0])
