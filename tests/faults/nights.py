"""A whole night by the command line, in processes of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.demo.state import DEMO_STATE
from tests.faults.nursery import REPO, watch
from tests.faults.stages import SECOND_NIGHT


@dataclass(frozen=True)
class Night:
    """How a night ended: `done`, `failed`, `killed` or `hung`; its exit code, what it said, its processor seconds."""

    how: str
    code: int
    said: str
    cpu: float


def environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """That of a process of this project, whose temporary files lie beside the home."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("INTERLACE_", "DAGSTER_", "FAULT_"))}
    scratch = home.parent / "tmp"
    scratch.mkdir(exist_ok=True)
    return {**kept, "PYTHONPATH": str(REPO), "PYTHONWARNINGS": "ignore", "TMPDIR": str(scratch), **more}


def said_by(home: Path) -> Path:
    """Where what a night says goes: not on the disk that is full."""
    return home.parent.with_name(f"{home.parent.name}-said.txt")


def begin(home: Path, as_of: datetime | None, env: Mapping[str, str], said: Path) -> subprocess.Popen[bytes]:
    """`interlace nightly` in a process group of its own."""
    when = ["--as-of", as_of.isoformat()] if as_of else []
    command = [
        sys.executable,
        "-m",
        "orchestration.cli",
        "nightly",
        "--home",
        str(home),
        "--state",
        str(DEMO_STATE),
    ]
    with said.open("wb") as out:
        return subprocess.Popen(
            [*command, *when], cwd=REPO, env=environment(home, env), stdin=subprocess.DEVNULL, stdout=out,
            stderr=out, start_new_session=True,
        )  # fmt: skip


def night(
    home: Path,
    as_of: datetime | None = SECOND_NIGHT,
    *,
    env: Mapping[str, str] | None = None,
    kill_at_cpu: float | None = None,
    whole_group: bool = False,
) -> Night:
    """A night from its beginning to its end, or until it is killed."""
    said = said_by(home)
    process = begin(home, as_of, env or {}, said)
    how, code, cpu = watch(process.pid, kill_at_cpu, whole_group)
    process.returncode = code  # it was waited for
    return Night(how, code, said.read_text(errors="replace"), cpu)
