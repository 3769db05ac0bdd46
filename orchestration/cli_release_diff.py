"""`interlace release diff`: what differs between two releases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli_options import Home, settings_of, stop
from orchestration.demo.state import DEMO_STATE
from orchestration.errors import InterlaceError


def diff(
    a: Annotated[
        str,
        typer.Argument(
            metavar="A", help="The earlier release: its ID or the start of it, previous, or current."
        ),
    ],
    b: Annotated[str, typer.Argument(metavar="B", help="The later release, named in the same way.")],
    home: Home,
    # no policy plays a part in a comparison: any state's folder will do
    state: Annotated[
        Path, typer.Option("--state", help="Taken as other commands take it; not needed.", show_default=False)
    ] = DEMO_STATE,
    mart: Annotated[
        str | None, typer.Option("--mart", help="Only this mart, with the single rows that differ.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="File to write the difference to, as a page.")
    ] = None,
) -> None:
    """Say what changed from one release to another: tables, rows, key figures, and the submissions behind them.

    Exit code 0: nothing differs. 1: something does. 2: could not run.

    Example: interlace release diff previous current --home home/ca
    """
    from orchestration.release.changes.between import ROWS_SHOWN, difference, difference_page
    from orchestration.release.changes.text import lines, row_lines
    from orchestration.release.names import resolve
    from orchestration.storage import write_whole

    try:
        settings = settings_of(home, state)
        earlier, later = (resolve(settings.releases, name) for name in (a, b))
        found = difference(settings, earlier, later, mart, lambda _: None)
        if html:
            write_whole(html, difference_page(found).encode())
    except (InterlaceError, OSError) as e:
        stop(e)
    for line in lines(found.changes):
        print(line)
    if found.rows:
        for line in row_lines(mart or "", found.rows, ROWS_SHOWN):
            print(line)
    raise typer.Exit(1 if found.changes["marts"] or found.changes["schema"] else 0)
