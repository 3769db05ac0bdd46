"""What the commands of `interlace` share: their options, progress for the person, the end in words and its exit code."""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, NoReturn, TextIO

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


def end_with_its_code(command: Callable[[], object]) -> NoReturn:
    """Run a command and end the process: 2 also where what it says cannot be written, e.g. on the disk that is full.

    Without this Python ends with 1, which says that a check refused the data.
    """
    from orchestration.nightly import COULD_NOT_RUN, explain

    fault: Exception | None = None
    code: object = 0
    try:
        command()
    except SystemExit as e:
        code = e.code
        if isinstance(e.__context__, BrokenPipeError):
            fault = e.__context__  # the library of commands makes 1 of it
    except Exception as e:
        fault = e
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as e:
            fault = fault or e
            _into_nothing(stream)
    if fault is not None:
        code = COULD_NOT_RUN
        try:
            _tell(fault, explain(fault))
        except OSError:
            _into_nothing(sys.stderr)
    sys.exit(code)  # type: ignore[arg-type]  # as the command gave it


def _tell(fault: Exception, words: str) -> None:
    if isinstance(fault, BrokenPipeError):
        return  # nobody reads on (`| head`), on purpose
    if not isinstance(fault, OSError):
        traceback.print_exception(fault)  # a fault of ours: its place is what helps
    elif not fault.filename:
        words += "\n  No file is named: it may be that to which the command's output goes."
    print(f"Could not run: {words}", file=sys.stderr, flush=True)


def _into_nothing(stream: TextIO) -> None:
    """Let what a stream still holds go nowhere, else Python fails on it at its end and makes another exit code of it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
