"""Nights at once, and readers who hold a release open all the while."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests.faults import look
from tests.faults.bench import Bench
from tests.faults.nights import begin, environment, night
from tests.faults.nursery import watch
from tests.faults.stages import SECOND_NIGHT
from tests.faults.whole import STAGE, Nights

# holds the first release's files open to the end, and reads whatever is current anew again and again
READER = """
import json, sys, time
from pathlib import Path
import duckdb
releases, stop = Path(sys.argv[1]), Path(sys.argv[2])
ask = "select count(*), min(outcome), max(received_at) from {}"
def whole():
    folder = (releases / "current").resolve()
    with duckdb.connect(str(folder / "internal" / "marts.duckdb"), read_only=True) as c:
        a = c.execute(ask.format("fct_submission")).fetchall()
    b = duckdb.sql(ask.format(f"'{folder}/internal/parquet/fct_submission.parquet'")).fetchall()
    assert a == b and a[0][0] == json.loads((folder / "manifest.json").read_bytes())["marts"]["fct_submission"]["rows"], (a, b)
    return folder.name
held = releases / "current"
held = held.resolve()
parquet = (held / "internal" / "parquet" / "fct_submission.parquet").open("rb")
first = duckdb.connect(str(held / "internal" / "marts.duckdb"), read_only=True)
answer = first.execute(ask.format("fct_submission")).fetchall()
seen, looks = [], 0
while not stop.exists() or not looks:
    name = whole()
    looks += 1
    if name not in seen: seen.append(name)
    time.sleep(0.05)
assert first.execute(ask.format("fct_submission")).fetchall() == answer
assert parquet.read()[:4] == b"PAR1"
print(looks, *seen)
"""
# the asset `submissions` alone, as a run of Dagster's, while another night writes
RUN = """
import sys
import dagster as dg
from pathlib import Path
from orchestration.build_defs import build_defs
from orchestration.instance import prepare_instance
from orchestration.settings import Settings
settings = Settings.at(Path(sys.argv[1]), Path(sys.argv[2]))
job = build_defs(settings).resolve_job_def("intake")
with dg.DagsterInstance.from_config(prepare_instance(settings)) as instance:
    config = {"resources": {"night": {"config": {"as_of": sys.argv[3]}}}}
    result = job.execute_in_process(instance=instance, run_config=config, raise_on_error=False)
for e in result.all_events:
    if e.is_step_failure:
        print("Could not run:", e.step_failure_data.user_failure_data.description)
sys.exit(0 if result.success else 2)
"""


class Reader:
    """A reader in a process of its own."""

    def __init__(self, releases: Path, stop: Path, env: dict[str, str]) -> None:
        self.stop = stop
        stop.unlink(missing_ok=True)
        command = [sys.executable, "-c", READER, str(releases), str(stop)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
        )

    def end(self) -> tuple[list[str], list[str]]:
        """What was wrong, and the releases that it saw."""
        self.stop.touch()
        out, err = self.process.communicate(timeout=600)
        if self.process.returncode:
            return [f"the reader failed: {err[-400:]}"], []
        return [], out.split()[1:]


def nights_at_once(bench: Bench, nights: Nights, others: int) -> None:
    """While one night runs, others are begun, one of them by Dagster; a reader reads all the while."""
    home = nights.start()
    received = look.received_hashes(home)
    reader = Reader(home / "releases", home.parent / "stop", environment(home, {}))
    process = begin(home, SECOND_NIGHT, {}, home.parent / "first.txt")
    lock = home / "warehouse" / ".writer.lock"
    while process.poll() is None and not (lock.exists() and lock.read_text()):
        time.sleep(0.05)
    problems: list[str] = []
    for _ in range(others):
        other = night(home)
        bench.tally.heard(
            STAGE, "two nights at once", other.said.strip()[-300:].replace(str(home.parent), "")
        )
        if other.code != 2 or "another run is writing to this home" not in other.said:
            problems.append(f"a second night ended with {other.code}: {other.said[-300:]}")
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUN, str(home), str(_state()), SECOND_NIGHT.isoformat()],
        env=environment(home, {}), capture_output=True, text=True, check=False,
    )  # fmt: skip
    bench.tally.heard(
        STAGE, "a run of Dagster's beside a night", run.stdout.strip()[-300:].replace(str(home.parent), "")
    )
    if run.returncode and "another run is writing to this home" not in run.stdout:
        problems.append(f"a run of Dagster's beside it: {run.stdout[-300:]} {run.stderr[-300:]}")
    how, code, _ = watch(process.pid, None, False)
    process.returncode = code
    if code:
        problems.append(f"the first night {how}: {(home.parent / 'first.txt').read_text()[-500:]}")
    else:
        problems += nights.problems(home, received, deep=True) + nights.unlike(home)
    bench.tally.note(STAGE, "two nights at once", problems, "--only together", tried=others + 1)
    wrong, seen = reader.end()
    if not wrong and seen != [nights.before, nights.after]:
        wrong.append(f"it saw {seen}")
    bench.tally.note(STAGE, "a reader holds files and reads on", wrong, "--only together")


def readers_of_other_deeds(bench: Bench) -> None:
    """A reader through publication, rollback and pruning, each of which takes or moves what it reads."""
    for stage in ("publish", "rollback", "prune"):
        home = bench.homes.start(stage, bench.folder)
        reader = Reader(home / "releases", home.parent / "stop", environment(home, {}))
        done = bench.nursery.run(stage, home)
        problems = [] if done.how == "done" else [f"it {done.how}: {done.message}"]
        wrong, seen = reader.end()
        if len(seen) > 2:
            wrong.append(f"it saw {seen}")
        bench.tally.note(stage, "a reader holds files and reads on", problems + wrong, "--only together")


def _state() -> Path:
    from orchestration.demo.state import DEMO_STATE

    return DEMO_STATE
