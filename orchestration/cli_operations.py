"""Commands of whoever runs the nights: doctor, status."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli_options import Home, State, settings_of, stop
from orchestration.clock import now
from orchestration.errors import ConfigError, InterlaceError

MARKS = {"ok": "ok     ", "warning": "look   ", "problem": "PROBLEM"}


def doctor(
    home: Home,
    state: State,
    deep: Annotated[
        bool,
        typer.Option(
            "--deep", help="Read every archived file and all of the release, not a sample of today."
        ),
    ] = False,
) -> None:
    """Look at the installation and the home: what is wrong, and what to do about it. Nothing is changed.

    Exit code 0: a night can run (lines marked `look` want a look). 1: at least one PROBLEM. 2: could not run.

    Example: interlace doctor --home home/ca --state examples/california --deep
    """
    from orchestration.doctor.examine import examine
    from orchestration.doctor.finding import Look

    levels = []
    try:
        for name, finding in examine(Look(settings_of(home, state), now(), deep)):
            levels.append(finding.level)
            print(f"{MARKS[finding.level]} {name:<13} {finding.what}", flush=True)
            if finding.fix:
                print(f"{'':21} Do: {finding.fix}", flush=True)
    except (InterlaceError, OSError) as e:
        stop(e)
    problems, looks = levels.count("problem"), levels.count("warning")
    print()
    if problems:
        print(f"{problems} to mend, {looks} to look at.")
        raise typer.Exit(1)
    print(f"Nothing is broken, {looks} to look at." if looks else "All is well.")


def status(
    home: Home,
    state: State,
    nights: Annotated[int, typer.Option("--nights", help="How many of the last nights to tell of.")] = 5,
    form: Annotated[
        str,
        typer.Option(
            "--format", help="text; json; or metrics, for a monitor that reads Prometheus' text format."
        ),
    ] = "text",
) -> None:
    """Say how the home stands: the last nights, the release, what waits, who has reported. Nothing is changed.

    Example: interlace status --home home/ca --state examples/california
    """
    from orchestration.operations import status as room
    from orchestration.storage import canonical_json

    try:
        if form not in ("text", "json", "metrics"):
            raise ConfigError(f"--format {form!r} is unknown; write text, json or metrics")
        found = room.status_of(settings_of(home, state), now(), nights)
    except (InterlaceError, OSError) as e:
        stop(e)
    if form == "json":
        print(canonical_json(room.as_json(found)).decode())
        return
    for line in room.lines(found) if form == "text" else room.metrics(found):
        print(line)
