"""`interlace allocate`: what another method of awarding would have given."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli_options import Home, State, settings_of, stop
from orchestration.errors import InterlaceError


def allocate(
    home: Home,
    state: State,
    method: Annotated[
        Path, typer.Option("--method", help="File with the other method, e.g. one of examples/methods.")
    ],
    fiscal_year: Annotated[
        int | None, typer.Option("--fiscal-year", help="Default: the last with a reservation.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="CSV file for every school under both methods.")
    ] = None,
) -> None:
    """Show who would gain and who would lose §1003 money under another method; nothing is changed.

    Works on a copy of the last night's build. Exit code 0: worked out. 2: could not, and why.

    Example: interlace allocate --home home/demo --state orchestration/demo/state --method examples/methods/flat_by_status.yaml
    """
    from orchestration.allocation.load import load_method
    from orchestration.allocation.what_if import what_if
    from orchestration.allocation.what_if_report import as_csv, lines
    from orchestration.storage import write_whole

    try:
        found = what_if(settings_of(home, state), load_method(method), fiscal_year)
        if out is not None:
            write_whole(out, as_csv(found).encode())
    except (InterlaceError, OSError) as e:
        stop(e)
    for line in lines(found):
        print(line)
    if out is not None:
        print(f"\nEvery school: {out}")
