"""`interlace trace`: from a published figure down to the cells it came from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli_options import Home, Progress, State, settings_of, stop
from orchestration.errors import InterlaceError


def trace(
    home: Home,
    state: State,
    mart: Annotated[str, typer.Option("--mart", help="The mart, e.g. rpt_implementation_by_practice.")],
    key: Annotated[
        str, typer.Option("--key", help="Which row: column=value,column=value, enough to name one.")
    ],
    column: Annotated[
        str | None, typer.Option("--column", help="The figure. Default: the whole row.")
    ] = None,
    release: Annotated[
        str, typer.Option("--release", help="ID of the release or its start, current, or previous.")
    ] = "current",
    csv: Annotated[Path | None, typer.Option("--csv", help="File for every cell.")] = None,
) -> None:
    """Show where a published figure comes from: models, policy, and every cell that somebody typed.

    Example, with --home and --state: interlace trace --mart fct_action_status --key org_id=01010101,period=2024-01
    """
    from orchestration.release.names import resolve
    from orchestration.storage import write_whole
    from orchestration.trace.figure import parse_key
    from orchestration.trace.report import SHOWN, trace_csv, trace_lines
    from orchestration.trace.trace import trace as find
    from orchestration.trace.typed import typed_cells

    try:
        settings = settings_of(home, state)
        name = resolve(settings.releases, release)
        found = find(settings, name, mart, parse_key(key), column, Progress())
        shown = typed_cells(settings, found.cells[:SHOWN])
        if csv is not None:
            write_whole(csv, trace_csv(typed_cells(settings, found.cells)).encode())
    except (InterlaceError, OSError) as e:
        stop(e)
    print("\n".join(trace_lines(found, shown)))
    if csv is not None:
        print(f"\nEvery cell: {csv}")
