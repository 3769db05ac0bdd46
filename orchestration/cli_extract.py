"""`interlace extract`: federal files and public lists of a school year from its certified release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli_options import Home, Progress, State, settings_of, stop
from orchestration.errors import InterlaceError

REFUSED = 1


def extract(
    home: Home,
    state: State,
    school_year: Annotated[str, typer.Option("--school-year", help="The school year, as 2022-23.")],
    file: Annotated[
        list[str] | None,
        typer.Option(
            "--file", help="Number of a file, as 206; again for more. Default: all that a state sends."
        ),
    ] = None,
    form: Annotated[
        list[str] | None,
        typer.Option("--format", help="csv, tab or txt (fixed width); again for more. Default: csv."),
    ] = None,
    last_year: Annotated[
        Path | None,
        typer.Option(
            "--last-year", help="File submitted the year before, or a folder of them, to compare with."
        ),
    ] = None,
) -> None:
    """Make the federal files of a school year from the release that is certified for it, and check them.

    Exit code 0: every file passed. 1: one was refused and lies in refused/ with the reasons. 2: could not run.

    Example: interlace extract --home home/ca --state examples/california --school-year 2022-23 --file 206
    """
    from orchestration.extracts.make import make_extracts
    from orchestration.policy import load_policy

    try:
        settings = settings_of(home, state)
        made = make_extracts(
            settings, load_policy(settings.state), school_year, numbers=file or (), forms=form or ("csv",),
            last_year=last_year, progress=Progress(),
        )  # fmt: skip
    except (InterlaceError, OSError) as e:
        stop(e)
    print()
    for one in made.files:
        standing = "refused" if not one.passed else "as before" if one.is_as_before else "passed"
        print(f"FS{one.file_number} {one.level} {standing:9} {one.records:8,} records  {one.path}")
        for problem in one.judged.problems:
            print(f"    refused: {problem}")
        for flag in one.judged.flags:
            print(f"    look at: {flag}")
    for reason in made.without_layout:
        print(f"not made: {reason}")
    print(f"Lists for the public and for FS029: {made.folder / 'public'}")
    print(
        "Read the cover note beside each file before you send it: what is not confirmed and what is left out stands there."
    )
    raise typer.Exit(REFUSED if made.refused else 0)
