"""What the commands of `interlace` share: their options, progress for the person, the end in words."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from orchestration.clock import now
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
    """Prints progress with the seconds since the start; with INTERLACE_LOG_FORMAT=json each message as one line of JSON."""

    def __init__(self, env: Mapping[str, str] = os.environ) -> None:
        self.out = sys.stdout
        self.start = time.monotonic()
        self.as_json = env.get("INTERLACE_LOG_FORMAT") == "json"

    def __call__(self, message: str) -> None:
        """Print one message."""
        seconds = time.monotonic() - self.start
        self.line(message, f"[{seconds:6.1f} s] {message}", seconds=round(seconds, 1))

    def head(self, message: str) -> None:
        """Print the first line of an alert; all of it lies in alerts/, and what a night ends with says the rest."""
        self(f"alert: {message.partition(chr(10))[0]}")

    def line(self, message: str, text: str | None = None, **facts: object) -> None:
        """Print a line of the result; as text it stands by itself."""
        if self.as_json:
            facts = {"time": f"{now().isoformat(timespec='milliseconds')}Z", **facts, "message": message}
            text = json.dumps(facts, ensure_ascii=False)
        print(message if text is None else text, file=self.out, flush=True)


def stop(error: BaseException) -> None:
    """Say why a command could not run, and end with exit code 2."""
    from orchestration.nightly import COULD_NOT_RUN, explain

    print(f"Could not run: {explain(error)}", file=sys.stderr)
    raise typer.Exit(COULD_NOT_RUN)
