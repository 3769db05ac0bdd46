"""Runs the gate on a candidate: suites, content hash, expectations, verdict, record, in this order."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from orchestration.content import candidate_sha256, mart_contents, read_run
from orchestration.errors import BadDataError
from orchestration.gate.great_expectations_run import run_suites
from orchestration.gate.offline_pages import write_pages
from orchestration.gate.record import remove_record, write_record
from orchestration.gate.suites import load_suites
from orchestration.gate.verdict import Answer, GateVerdict, decide, first_line, refused

log = logging.getLogger(__name__)


def run_gate(
    candidate: Path,
    suites: Path,
    expected_marts: Sequence[str] | None,
    record: Path,
    docs: Path,
    *,
    threads: int = 2,
    memory_limit: str = "2GB",
    progress: Callable[[str], None] = log.info,
) -> GateVerdict:
    """Judge a candidate and write down the verdict.

    Any older record goes first and the new one comes last, so that a gate killed at any moment leaves
    none, and a candidate without a record is not published.

    Args:
        candidate: DuckDB file with the marts in schema `marts` and its inputs in `lake.run`.
        suites: folder of suites, one YAML file per mart.
        expected_marts: marts that dbt's manifest names; None where that is not known.
        record: where the verdict goes (gate.json).
        docs: folder for the Data Docs; what was there is removed.
        threads: DuckDB's threads.
        memory_limit: DuckDB's memory limit.
        progress: told what is being done.
    """
    remove_record(record)
    shutil.rmtree(docs, ignore_errors=True)
    verdict = _judge(candidate, suites, expected_marts, docs, threads, memory_limit, progress)
    write_pages(verdict, docs)
    write_record(record, verdict)
    return verdict


def _judge(
    candidate: Path,
    folder: Path,
    expected_marts: Sequence[str] | None,
    docs: Path,
    threads: int,
    memory_limit: str,
    progress: Callable[[str], None],
) -> GateVerdict:
    suites, problems = load_suites(folder)
    progress("hashing the candidate's marts")
    try:
        identity = _identity(candidate)
        contents = mart_contents(candidate)
        facts = read_run(candidate)
    except (BadDataError, OSError) as e:
        return refused([*problems, f"the candidate cannot be read: {e}"])
    answers: dict[str, list[Answer | None]] = {}
    try:
        answers = run_suites(
            candidate,
            [suites[mart] for mart in sorted(set(suites) & set(contents))],
            docs,
            facts.as_of,
            threads=threads,
            memory_limit=memory_limit,
            progress=progress,
        )
    except Exception as e:  # whatever stops the engine, the candidate has not shown what it must
        log.exception("Great Expectations stopped")
        problems.append(f"Great Expectations stopped: {type(e).__name__}: {first_line(str(e))}")
    if not candidate.exists() or _identity(candidate) != identity:
        problems.append("the candidate was changed while the gate looked at it; run one night at a time")
    return decide(
        contents=contents,
        suites=suites,
        answers=answers,
        expected_marts=expected_marts,
        candidate_sha256=candidate_sha256(contents, facts),
        as_of=facts.as_of,
        problems=problems,
    )


def _identity(file: Path) -> tuple[int, int, int]:
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
