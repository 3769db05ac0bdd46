"""The demonstration's home after its whole night, made once by its own command, for all tests of a run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import PROJECT
from tests.once import made_once


def demonstration(factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The published home, and everything that the command printed. Copy the home before you change it."""
    return made_once(factory, "demo", _make)


def _make(home: Path) -> str:
    # this environment without knobs of Interlace and Dagster
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("INTERLACE_", "DAGSTER_"))}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "orchestration.cli", "demo", "--home", str(home)],
        cwd=PROJECT,
        env={**kept, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said
