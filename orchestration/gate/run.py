"""Runs the gate on a candidate: suites, content hash, expectations, verdict, record, in this order."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from orchestration import storage
from orchestration.content import candidate_sha256, mart_contents, read_run
from orchestration.disclosure.build import PUBLIC_MARTS
from orchestration.disclosure.declaration import PublicMart, deciding
from orchestration.disclosure.inspect import hidden_rows, public_problems
from orchestration.errors import BadDataError
from orchestration.gate.great_expectations_run import run_suites
from orchestration.gate.offline_pages import write_pages
from orchestration.gate.record import remove_record, write_record
from orchestration.gate.stood import Stood
from orchestration.gate.suites import load_suites
from orchestration.gate.verdict import Answer, GateVerdict, PublicTable, decide, first_line, refused
from orchestration.lea_sums import FILE as SUMS
from orchestration.lea_sums import ByLea, read_contents, write_sums

log = logging.getLogger(__name__)


def run_gate(
    candidate: Path,
    suites: Path,
    expected_marts: Sequence[str] | None,
    record: Path,
    docs: Path,
    *,
    public: Mapping[str, PublicMart] | None = None,
    stood: Stood | None = None,
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
        public: what the marts declare of their public form; None where no public tables are built.
        stood: what was found of the candidate that this one was built upon; None where all is to be judged.
        threads: DuckDB's threads.
        memory_limit: DuckDB's memory limit.
        progress: told what is being done.
    """
    remove_record(record)
    if not (docs / "index.html").is_file():
        stood = None  # the pages of what is not judged again are gone
    if stood is None:
        shutil.rmtree(docs, ignore_errors=True)
    with storage.naming(docs):  # what a full disk did not take of the pages fails without a name
        verdict, sums = _judge(
            candidate, suites, expected_marts, docs, public or {}, stood, threads, memory_limit, progress
        )
        write_pages(verdict, docs)
    write_sums(record.with_name(SUMS), verdict.candidate_sha256, sums)
    write_record(record, verdict)
    return verdict


def _judge(
    candidate: Path,
    folder: Path,
    expected_marts: Sequence[str] | None,
    docs: Path,
    public: Mapping[str, PublicMart],
    stood: Stood | None,
    threads: int,
    memory_limit: str,
    progress: Callable[[str], None],
) -> tuple[GateVerdict, dict[str, ByLea]]:
    suites, problems = load_suites(folder)
    progress("hashing the candidate's marts")
    try:
        identity = _identity(candidate)
        contents, sums = read_contents(candidate, stood.known() if stood else None)
        facts = read_run(candidate)
    except (BadDataError, OSError) as e:
        return refused([*problems, f"the candidate cannot be read: {e}"]), {}
    kept = stood.marts(suites) if stood else {}
    answers: dict[str, list[Answer | None]] = {}
    try:
        answers = run_suites(
            candidate,
            [suites[mart] for mart in sorted((set(suites) & set(contents)) - set(kept))],
            docs,
            facts.as_of,
            threads=threads,
            memory_limit=memory_limit,
            progress=progress,
        )
    except Exception as e:  # whatever stops the engine, the candidate has not shown what it must
        log.exception("Great Expectations stopped")
        problems.append(f"Great Expectations stopped: {type(e).__name__}: {first_line(str(e))}")
    tables, found = _judge_public(candidate, public, stood, threads, memory_limit, progress)
    problems += found
    if not candidate.exists() or _identity(candidate) != identity:
        problems.append("the candidate was changed while the gate looked at it; run one night at a time")
    verdict = decide(
        contents=contents,
        suites=suites,
        answers=answers,
        expected_marts=expected_marts,
        candidate_sha256=candidate_sha256(contents, facts),
        as_of=facts.as_of,
        problems=problems,
        public=tables,
        kept=kept,
    )
    return verdict, sums


def _judge_public(
    candidate: Path,
    public: Mapping[str, PublicMart],
    stood: Stood | None,
    threads: int,
    memory_limit: str,
    progress: Callable[[str], None],
) -> tuple[list[PublicTable], list[str]]:
    """The public tables and what is wrong with them; an attack that stops refuses them like one that succeeds."""
    try:
        kept = (stood.public(deciding(public)) if stood else None) or {}
        contents = mart_contents(
            candidate, PUBLIC_MARTS, said={name: (p.rows, p.sha256) for name, p in kept.items()}
        )
        hidden = hidden_rows(candidate, {n: c for n, c in contents.items() if n not in kept})
        tables = [
            kept.get(name) or PublicTable(name, c.rows, c.sha256, hidden[name])
            for name, c in sorted(contents.items())
        ]
        problems = public_problems(
            candidate, public, threads=threads, memory_limit=memory_limit, progress=progress, kept=kept
        )
    except Exception as e:
        log.exception("the public tables could not be judged")
        return [], [f"the public tables could not be judged: {type(e).__name__}: {first_line(str(e))}"]
    return tables, problems


def _identity(file: Path) -> tuple[int, int, int]:
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
