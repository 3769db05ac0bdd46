"""A process with everything imported, which does each stage in a child of its own: a fault costs no start of Python.

Run as a module it is that process (it reads one order a line and answers one line); `Nursery` is who asks it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.faults import shim

REPO = Path(__file__).parents[2]
PATIENCE = 900.0
POLL = 0.02
# what a stage's child finds imported
IMPORTED = (
    "dagster", "duckdb", "orchestration.backup.make", "orchestration.backup.restore", "orchestration.disclosure.build",
    "orchestration.feeds.load", "orchestration.intake.batch", "orchestration.intake.prefill",
    "orchestration.release.certifying", "orchestration.release.prune", "orchestration.release.publish",
    "tests.faults.stages",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """How a stage ended.

    Args:
        how: `done`, `failed`, `killed` or `hung`.
        message: what it said when it failed.
        counted, met: operations counted, and how many of them met the fault.
        took_room: operations that take room.
        cpu: processor seconds that it had used.
        group: its process group, for what it left running.
    """

    how: str
    message: str
    counted: int
    met: int
    took_room: int
    cpu: float
    group: int


class Nursery:
    """The process, started when it is entered."""

    def __init__(self, work: Path) -> None:
        self.work = work
        work.mkdir(parents=True, exist_ok=True)
        self.library = shim.compiled(work)
        self.state = work / "counted"
        self._left: set[int] = set()

    def __enter__(self) -> Nursery:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("INTERLACE_", "DAGSTER_", "FAULT_"))}
        env |= {"LD_PRELOAD": str(self.library), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        env |= {"PYTHONPATH": str(REPO), "PYTHONWARNINGS": "ignore", "DAGSTER_DISABLE_TELEMETRY": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPO,
            env=env, text=True, start_new_session=True,
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self.end_leftovers()
        self.process.communicate()

    def run(
        self,
        stage: str,
        home: Path,
        fault: shim.Fault | None = None,
        *,
        kill_at_cpu: float | None = None,
        whole_group: bool = False,
        trace: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Have a stage done on a home, under a fault, or killed after so many processor seconds."""
        shim.fresh_state(self.state)
        roots = (home.parent,)  # a home is one folder of it: temporary files and backups lie beside it
        environment = (fault or shim.Fault()).environment(roots, self.state, trace)
        scratch = home.parent / "tmp"
        scratch.mkdir(exist_ok=True)
        order = {
            "stage": stage,
            "home": str(home),
            "env": {**environment, "TMPDIR": str(scratch), **(env or {})},
            "kill_at_cpu": kill_at_cpu,
            "whole_group": whole_group,
            "log": str(self.work / "stage.log"),
        }
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the nursery died; see its standard error"
        said: dict[str, Any] = json.loads(answer)
        self._left.add(said["group"])
        counted, met, took_room = shim.counted(self.state)
        return Outcome(**said, counted=counted, met=met, took_room=took_room)

    def end_leftovers(self) -> None:
        """End what killed stages left running, by their process groups, which are of our own making."""
        for group in self._left:
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._left.clear()


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(p for c in children for p in _family(int(c)))]


def cpu_of(pid: int) -> float:
    """Processor seconds of a process and all that it started."""
    ticks = 0
    for member in _family(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(f) for f in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def watch(
    pid: int, kill_at_cpu: float | None, whole_group: bool, patience: float = PATIENCE
) -> tuple[str, int, float]:
    """Wait for a child, and kill it when it has used that much: how it ended, its exit code, its seconds."""
    begun, used = time.monotonic(), 0.0
    while True:
        if kill_at_cpu is not None:
            used = max(used, cpu_of(pid))
        ended, status, own = os.wait4(pid, os.WNOHANG)
        if ended:
            used = own.ru_utime + own.ru_stime  # with those of its children that it waited for
            if os.WIFSIGNALED(status):
                return "killed", os.WTERMSIG(status), used
            return ("done" if os.WEXITSTATUS(status) == 0 else "failed"), os.WEXITSTATUS(status), used
        hung = time.monotonic() - begun > patience
        if hung or (kill_at_cpu is not None and used >= kill_at_cpu):
            os.killpg(pid, signal.SIGKILL) if whole_group or hung else os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return ("hung" if hung else "killed"), -signal.SIGKILL, used
        time.sleep(POLL)


def _do(order: dict[str, Any], said: int) -> None:
    """In the child: the stage, and what it says when it fails."""
    from tests.faults.stages import run_stage

    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for fd, to in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(fd, to)
    os.environ |= order["env"]
    import tempfile

    tempfile.tempdir = None
    shim.arm()
    try:
        run_stage(order["stage"], Path(order["home"]))
        code = 0
    except Exception as e:
        shim.disarm()
        import traceback

        traceback.print_exc()
        # as nightly reads a failure of Dagster: its description, else its innermost cause
        text = getattr(e, "description", None) or f"{type(e).__name__}: {e}"
        os.write(said, text.encode())
        code = 1
    shim.disarm()
    os._exit(code)


def main() -> None:
    """Serve orders until there are none."""
    for module in IMPORTED:
        import_module(module)
    for line in sys.stdin:
        order = json.loads(line)
        if order["stage"] == "gate":
            import_module("great_expectations")  # it takes as long as ten faults in other stages
        heard, said = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(heard)
            _do(order, said)
        os.close(said)
        how, _, used = watch(pid, order["kill_at_cpu"], order["whole_group"])
        os.set_blocking(heard, False)
        try:
            message = os.read(heard, 1 << 16).decode(errors="replace")
        except BlockingIOError:
            message = ""
        os.close(heard)
        answer = {"how": how, "message": message, "cpu": used, "group": pid}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
