"""Nights on a small home, for tests that plant faults: run in this process, by the command line, or killed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.demo.simulate import simulate
from orchestration.demo.state import DEMO_PERIODS, DEMO_STATE, write_demo_state
from orchestration.feeds.load import load_feeds
from orchestration.nightly import NightResult, run_night
from orchestration.policy import load_policy
from orchestration.release.current import read_current
from orchestration.settings import PROJECT, Settings
from orchestration.summary import night_lines
from tests.once import made_once

LEAS = 3
FIRST_NIGHT, SECOND_NIGHT = datetime(2023, 10, 20, 9), datetime(2023, 11, 20, 9)
LEA = "01010000"
UNREADABLE = "2023-10-broken.xlsx"  # arrives between the two nights
ROOMS = ("orchestration", "dbt_project", "expectations", "seeds")

# Runs the command line after making this process kill itself, and only itself, at one point of a night.
KILL_AT = {
    # the parts stand in the lake, the batch's manifest does not
    "intake": "from orchestration.lake import BatchWriter as room; point = 'commit'",
    # dbt is at work, a child that outlives its parent's kill
    "build": "import orchestration.assets.models as room; point = '_with_progress'",
    # every check has run, the Data Docs are written, the record is not
    "gate": "import orchestration.gate.run as room; point = 'write_record'",
    # the release is whole in a folder with a temporary name
    "publish": "import orchestration.release.publish as room; point = 'put_in_place'",
}
KILL = """
import os, signal, time
def die(*args, **kwargs):
    for n, event in enumerate(args[0] if point == '_with_progress' else ()):
        if n == 20:
            break
    os.kill(os.getpid(), signal.SIGKILL)
setattr(room, point, die)
from orchestration.cli import app
app()
"""


@dataclass(frozen=True)
class Said:
    """What a command said: its exit code, and everything it printed."""

    code: int
    text: str


def settings_of(home: Path) -> Settings:
    """Settings of a home of the demonstration state."""
    return Settings.at(home, DEMO_STATE)


def home_after_first_night(factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """A home with its first release and what arrives before the second, and what its night said; copy it."""
    return made_once(factory, "first_night", _first_night)


def _first_night(home: Path) -> Said:
    settings = settings_of(home)
    policy = load_policy(settings.state)
    write_demo_state(home, leas=LEAS)
    load_feeds(settings, policy, datetime(2023, 7, 2))
    simulate(settings, policy, DEMO_PERIODS[:3], seed=7)
    drop_unreadable(home)
    said = command_line("nightly", home, FIRST_NIGHT)
    assert said.code == 0, said.text
    return said


def home_after_second_night(factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """That home after its second night, undisturbed, and that night's last lines; copy it."""

    def make(home: Path) -> str:
        copy_home(home_after_first_night(factory)[0], home)
        result, said = night(home)
        assert result.code == 0, said
        return said

    return made_once(factory, "second_night", make)


def drop_unreadable(home: Path) -> None:
    """Put half of a workbook, as a broken upload leaves it, among the files of an LEA."""
    folder = home / "landing" / LEA
    whole = sorted(folder.glob("*.xlsx"))[0].read_bytes()
    path = folder / UNREADABLE
    path.write_bytes(whole[: len(whole) // 2])
    seconds = datetime(2023, 11, 14, 12, tzinfo=UTC).timestamp()
    os.utime(path, (seconds, seconds))


def copy_home(home: Path, to: Path) -> Path:
    """A copy with every byte, time and link."""
    shutil.copytree(home, to, symlinks=True)
    return to


def night(home: Path, as_of: datetime = SECOND_NIGHT) -> tuple[NightResult, str]:
    """A night in this process, and its last lines."""
    settings = settings_of(home)
    result = run_night(settings, as_of)
    return result, "\n".join(night_lines(settings, result))


def command_line(
    command: str,
    home: Path,
    as_of: datetime | str = SECOND_NIGHT,
    *,
    project: Path = PROJECT,
    state: Path | None = None,
    env: dict[str, str] | None = None,
    seconds: int = 420,
) -> Said:
    """`interlace <command>` of a project's folder, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "orchestration.cli", *_arguments(command, home, as_of, project, state)],
        cwd=project, env=environment(project, env), capture_output=True, text=True, timeout=seconds, check=False,
    )  # fmt: skip
    return Said(done.returncode, done.stdout + done.stderr)


def killed_night(home: Path, room: str, as_of: datetime = SECOND_NIGHT) -> None:
    """A night whose process kills itself (kill -9) in that room; its children are left as they are."""
    code = f"{KILL_AT[room]}\n{KILL}"
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code, *_arguments("nightly", home, as_of, PROJECT, None)],
        cwd=PROJECT, env=environment(PROJECT), start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    code_of_end = process.wait(420)
    assert process.stdout is not None
    assert code_of_end == -signal.SIGKILL, f"the night was not killed in {room} but ended with {code_of_end}"
    process.stdout.close()


def environment(project: Path, more: dict[str, str] | None = None) -> dict[str, str]:
    """This environment without knobs of Interlace and Dagster, for a process of that project's folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("INTERLACE_", "DAGSTER_"))}
    return {**kept, "PYTHONPATH": str(project), **(more or {})}


def _arguments(
    command: str, home: Path, as_of: datetime | str, project: Path, state: Path | None
) -> list[str]:
    state = state or project / DEMO_STATE.relative_to(PROJECT)
    when = as_of if isinstance(as_of, str) else as_of.isoformat()
    return [command, "--home", str(home), "--state", str(state), "--as-of", when]


def copy_project(to: Path) -> Path:
    """A copy of everything that makes a release, to plant faults of code in."""
    for room in ROOMS:
        shutil.copytree(PROJECT / room, to / room, ignore=shutil.ignore_patterns("__pycache__", "logs"))
    return to


def tree(folder: Path) -> dict[str, Any]:
    """Every file below a folder by its bytes' hash and mode, every link by what it names."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = (
                hashlib.sha256(path.read_bytes()).hexdigest(),
                path.stat().st_mode,
                path.stat().st_mtime_ns,
            )
    return found


def standing(home: Path) -> dict[str, Any]:
    """What readers see: `current` and every published release, without what a kill left beside them."""
    return {k: v for k, v in tree(home / "releases").items() if not k.startswith(".tmp-")}


def manifest(home: Path) -> dict[str, Any]:
    """The manifest of the home's current release."""
    current = read_current(home / "releases")
    assert current is not None
    return json.loads((home / "releases" / current / "manifest.json").read_bytes())
