"""What the commands of `interlace` share: their options, progress for the person, the end in words."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from orchestration.settings import Settings

Home = Annotated[
    Path,
    typer.Option(
        "--home",
        help="Folder of this installation's data: landing/ feeds/ archive/ lake/ warehouse/ releases/ outbox/. Made if missing.",
    ),
]
State = Annotated[
    Path,
    typer.Option(
        "--state", help="Folder with a state's policy.yaml and feeds.yaml, e.g. examples/california."
    ),
]


def settings_of(home: Path, state: Path) -> Settings:
    """Settings of the home, with what the environment says."""
    return Settings.at(home, state, os.environ)


class Progress:
    """Prints progress with the seconds since the start."""

    def __init__(self) -> None:
        self.out = sys.stdout
        self.start = time.monotonic()

    def __call__(self, message: str) -> None:
        """Print one message."""
        print(f"[{time.monotonic() - self.start:6.1f} s] {message}", file=self.out, flush=True)


def stop(error: BaseException) -> None:
    """Say why a command could not run, and end with exit code 2."""
    from orchestration.nightly import COULD_NOT_RUN, explain

    print(f"Could not run: {explain(error)}", file=sys.stderr)
    raise typer.Exit(COULD_NOT_RUN)
