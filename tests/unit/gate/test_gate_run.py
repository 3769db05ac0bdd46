"""The gate as a whole: a good candidate passes, and each fault refuses for its own reason."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

MARTS = ["dim_school", "rpt_rate"]


def the_problem(verdict) -> str:
    """The one problem of a verdict that must have exactly one."""
    assert not verdict.passed
    assert len(verdict.problems) == 1, verdict.problems
    return verdict.problems[0]


def test_a_good_candidate_passes_and_the_record_names_its_content(bench):
    b = bench()
    verdict = b.run(MARTS)
    assert verdict.passed and verdict.problems == ()
    assert verdict.as_of == datetime(2024, 6, 15)
    assert [(m.mart, m.rows, len(m.checks)) for m in verdict.marts] == [
        ("dim_school", 20, 2),
        ("rpt_rate", 20, 3),
    ]
    assert all(c.passed and c.notes for m in verdict.marts for c in m.checks)
    record = json.loads(b.record.read_text())
    assert record["passed"] is True and record["candidate_sha256"] == verdict.candidate_sha256
    assert len(verdict.candidate_sha256) == 64


def test_the_same_candidate_gives_the_same_record(bench):
    b = bench()
    b.run(MARTS)
    first = b.record.read_bytes()
    b.run(MARTS)
    assert b.record.read_bytes() == first


def test_data_docs_are_written_without_ballast_or_the_machines_folders(bench):
    b = bench()
    b.run(MARTS)
    pages = [p.read_text() for p in b.docs.rglob("*.html")]
    assert (b.docs / "index.html").is_file() and len(pages) == 5
    assert sum(p.stat().st_size for p in b.docs.rglob("*") if p.is_file()) < 500_000
    assert not [p for p in pages if str(b.root) in p or sys.prefix in p]
    assert any("completed actions are among the planned" in p for p in pages)


def test_a_failing_expectation_refuses_with_its_count(bench):
    b = bench("update marts.rpt_rate set rate = 1.5 where org_id < '0003'")
    assert the_problem(b.run()) == "rpt_rate: rate must be at least 0 and at most 1: 3 of 20 rows fail"


def test_a_failing_query_shows_at_most_five_of_the_rows_that_it_selects(bench):
    b = bench("update marts.rpt_rate set denominator = 0")
    problem = the_problem(b.run())
    assert "numerators are at most their denominators: 19 rows fail (such as org_id=00" in problem
    assert problem.count("org_id=") == 5


def test_a_duplicate_key_is_named(bench):
    b = bench("insert into marts.dim_school values ('0007', 'twice')")
    assert the_problem(b.run()) == "dim_school: org_id must be unique: 2 of 21 rows fail (such as 0007)"


def test_marts_are_reconciled_with_each_other(bench):
    b = bench("delete from marts.dim_school where org_id = '0004'")
    assert (
        the_problem(b.run())
        == "rpt_rate: every school is in the directory: 1 rows fail (such as org_id=0004)"
    )


def test_an_expectation_that_raises_refuses_and_says_why(bench, suites):
    suites["dim_school"]["expectations"][1]["kwargs"]["column"] = "no_such_column"
    problem = the_problem(bench(suites=suites).run())
    assert problem.startswith("dim_school: no_such_column must be filled: could not be evaluated: ")
    assert 'column "no_such_column"' in problem


def test_a_query_that_raises_refuses_without_quoting_data(bench, suites):
    query = "select org_id from {batch} where name::integer > 0"
    suites["dim_school"]["expectations"].append(
        {"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": query}, "notes": "n"}
    )
    problem = the_problem(bench(suites=suites).run())
    assert "could not be evaluated" in problem and "Conversion Error" in problem
    assert "School" not in problem


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "expect_no_such_thing"}, "expect no such thing of org_id: could not be evaluated"),
        ({"kwargs": {"colum": "org_id"}}, "must be filled: could not be evaluated"),
    ],
)
def test_an_expectation_that_great_expectations_does_not_know_refuses(bench, suites, change, said):
    suites["dim_school"]["expectations"][1].update(change)
    assert said in the_problem(bench(suites=suites).run())


def test_every_expectation_is_evaluated_even_where_types_repeat(bench, suites):
    """Great Expectations replaces an expectation of the same type and columns when added one by one."""
    for n in range(5):
        query = f"select org_id from {{batch}} where name = 'no such {n}'"
        suites["dim_school"]["expectations"].append(
            {"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": query}, "notes": "n"}
        )
    verdict = bench(suites=suites).run()
    assert verdict.passed and len(verdict.marts[0].checks) == 7


def test_a_mart_without_a_suite_refuses(bench, suites):
    del suites["rpt_rate"]
    assert the_problem(bench(suites=suites).run()) == (
        "rpt_rate: the mart has no suite; write expectations/rpt_rate.yaml"
    )


def test_an_empty_suite_refuses(bench, suites):
    suites["rpt_rate"]["expectations"] = []
    problems = bench(suites=suites).run().problems
    assert problems == (
        "rpt_rate.yaml: has no expectation; a suite without one would pass anything",
        "rpt_rate: the mart has no suite; write expectations/rpt_rate.yaml",
    )


def test_an_empty_mart_refuses(bench):
    b = bench("delete from marts.rpt_rate")
    assert the_problem(b.run()) == "rpt_rate: has no rows, and its suite does not say that it may be empty"


def test_an_empty_mart_that_may_be_empty_passes(bench, suites):
    suites["rpt_rate"]["may_be_empty"] = True
    assert bench("delete from marts.rpt_rate", suites=suites).run().passed


def test_a_suite_for_an_unknown_mart_refuses(bench, suites):
    suites["rpt_gone"] = {**suites["dim_school"], "mart": "rpt_gone"}
    assert the_problem(bench(suites=suites).run()) == (
        "rpt_gone: there is a suite, but the candidate has no such mart"
    )


def test_a_mart_that_dbt_names_and_the_candidate_lacks_refuses(bench):
    problem = the_problem(bench().run([*MARTS, "fct_lost"]))
    assert problem == "fct_lost: dbt should have built it, but the candidate has no such mart"


def test_a_table_that_dbt_does_not_name_refuses(bench):
    problem = the_problem(bench().run(["dim_school"]))
    assert problem == "rpt_rate: the candidate has this table among its marts, but dbt does not build it"


def test_a_candidate_without_marts_refuses(bench):
    b = bench("drop table marts.rpt_rate", "drop table marts.dim_school", suites={})
    assert "the candidate has no marts" in b.run().problems


@pytest.mark.parametrize("content", [None, b"", b"this is no database" * 1000])
def test_an_unreadable_candidate_refuses(bench, content):
    b = bench()
    b.candidate.unlink()
    if content is not None:
        b.candidate.write_bytes(content)
    verdict = b.run()
    assert not verdict.passed and verdict.candidate_sha256 == ""
    assert "the candidate cannot be read" in verdict.problems[0] or "lake.run" in verdict.problems[0]
    assert json.loads(b.record.read_text())["passed"] is False


def test_a_truncated_candidate_refuses(bench):
    b = bench("create table marts.big as select range as i, md5(range::varchar) as t from range(200000)")
    os.truncate(b.candidate, b.candidate.stat().st_size // 2)
    assert not b.run().passed


def test_a_candidate_that_does_not_say_what_it_was_made_from_refuses(bench):
    b = bench("delete from lake.run")
    assert "lake.run" in the_problem(b.run())


def test_a_stopped_engine_refuses(bench, monkeypatch):
    b = bench()

    def stop(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the engine broke")

    monkeypatch.setattr("orchestration.gate.run.run_suites", stop)
    problems = b.run().problems
    assert "Great Expectations stopped: RuntimeError: the engine broke" in problems
    assert "rpt_rate: rate must be at least 0 and at most 1: was not evaluated" in problems


def test_a_candidate_exchanged_during_the_gate_refuses(bench, monkeypatch):
    b = bench()
    from orchestration.gate import run as module

    real = module.run_suites

    def exchange(candidate: Path, *args: object, **kwargs: object) -> object:
        other = candidate.with_suffix(".other")
        other.write_bytes(candidate.read_bytes())
        other.replace(candidate)
        return real(candidate, *args, **kwargs)

    monkeypatch.setattr(module, "run_suites", exchange)
    assert "was changed while the gate looked at it" in the_problem(b.run())


def test_the_candidate_is_let_go_so_that_the_next_night_can_build(bench):
    b = bench()
    b.run()
    with duckdb.connect(str(b.candidate)) as c:  # fails where a reading connection is still open
        c.execute("create table marts.another as select 1 as x")


def test_a_home_with_odd_characters_in_its_path_works(bench, suites, tmp_path, monkeypatch):
    b = bench()
    odd = tmp_path / "a home $HOME 100% ü?&="
    odd.mkdir()
    for name in ("warehouse.duckdb", "expectations"):
        (b.root / name).rename(odd / name)
    b.root = odd
    assert b.run(MARTS).passed


def test_a_gate_killed_at_any_moment_leaves_no_record_of_an_earlier_night(bench):
    """The old record goes before anything else: kill -9 at each step leaves none, never a stale pass."""
    b = bench()
    b.run()
    script = (
        "import os, signal, sys; from pathlib import Path; from orchestration.gate.run import run_gate\n"
        "stop = int(sys.argv[2]); seen = []\n"
        "def progress(text):\n"
        "    seen.append(text)\n"
        "    if len(seen) == stop: os.kill(os.getpid(), signal.SIGKILL)\n"
        "b = Path(sys.argv[1])\n"
        "paths = [b/'warehouse.duckdb', b/'expectations', None, b/'gate.json', b/'data_docs']\n"
        "run_gate(*paths, progress=progress)\n"
    )
    for stop in (1, 2, 4):
        b.record.write_text('{"passed": true}')
        done = subprocess.run([sys.executable, "-c", script, str(b.root), str(stop)], check=False)
        assert done.returncode == -signal.SIGKILL
        assert not b.record.exists()
    assert b.run().passed  # and the next gate repairs


def test_pages_that_a_full_disk_does_not_take_are_named(bench, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    made = bench()
    monkeypatch.setattr("orchestration.gate.run.write_pages", full)
    with pytest.raises(OSError, match="No space") as raised:
        made.run()
    assert raised.value.filename == str(made.docs) and not made.record.exists()
