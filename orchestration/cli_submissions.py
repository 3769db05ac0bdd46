"""Commands of the SEA about submissions that were taken in: withdraw, restore, reparse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli_options import Home, Progress, State, settings_of, stop
from orchestration.clock import now, parse_as_of
from orchestration.decisions import What
from orchestration.errors import ConfigError, InterlaceError

Submission = Annotated[
    str,
    typer.Option("--submission", help="ID of the file, as at the foot of its receipt and in fct_submission."),
]
Because = Annotated[str, typer.Option("--reason", help="Why, in a sentence that the LEA reads.")]
By = Annotated[str, typer.Option("--by", help="Who decided, e.g. a name and office. The LEA is not told.")]
DecidedAt = Annotated[
    str | None,
    typer.Option("--as-of", help="When it was decided; it counts from then on. Default: now."),
]


def withdraw(
    home: Home, state: State, submission: Submission, reason: Because, by: By, as_of: DecidedAt = None
) -> None:
    """Withdraw a file on the state's behalf: nothing of it counts from now on, and the earlier one stands again.

    Nothing is deleted: releases as of an earlier time stay as they are, and interlace restore undoes it.

    Example, with --home and --state: interlace withdraw --submission 01611190000000-0f3a5c7e9b1d --reason "Sent by mistake" --by "J. Ortiz"
    """
    _decide(home, state, "withdraw", submission, reason, by, as_of)


def restore(
    home: Home, state: State, submission: Submission, reason: Because, by: By, as_of: DecidedAt = None
) -> None:
    """Have a withdrawn file count again from now on.

    Example, with --home and --state: interlace restore --submission 01611190000000-0f3a5c7e9b1d --reason "It was right" --by "J. Ortiz"
    """
    _decide(home, state, "restore", submission, reason, by, as_of)


def _decide(
    home: Path, state: Path, what: What, submission: str, reason: str, by: str, as_of: str | None
) -> None:
    from orchestration.feeds.directory import known_organizations
    from orchestration.intake.batch import names_of
    from orchestration.intake.history import write_histories
    from orchestration.intake.owing import obliged_leas
    from orchestration.intake.withdrawals import decide
    from orchestration.lock import writer_lock
    from orchestration.policy import load_policy
    from orchestration.release.current import current_as_of

    try:
        settings = settings_of(home, state)
        policy = load_policy(settings.state)
        at = parse_as_of(as_of) if as_of else now()
        if at > now():
            raise ConfigError(f"--as-of {as_of} has not come yet")
        with writer_lock(settings.warehouse):
            standing = current_as_of(settings.releases)
            made = decide(settings, what, submission, reason, by, at, not_before=standing)
            lea = submission.rpartition("-")[0]
            known = known_organizations(settings.lake, at)
            obliged = obliged_leas(settings.lake, policy, at, known)
            write_histories(settings, policy, at, names_of(known), obliged=obliged, only=lea)
    except (InterlaceError, OSError) as e:
        stop(e)
    done = "is withdrawn" if what == "withdraw" else "counts again"
    print(f"{submission} {done} as of {made.decided_at:%Y-%m-%d %H:%M:%S} UTC, because: {made.reason}")
    print("The marts say so from the next night on.")


def reparse(
    home: Home,
    state: State,
    periods: Annotated[str, typer.Option("--periods", help="First and last month, e.g. 2023-09..2024-01.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="File for every single change: .csv, or .html for the first of each kind."
        ),
    ] = None,
) -> None:
    """Show what the present rules and policy would change in files that were taken in; nothing is changed.

    Exit code 0: nothing would change. 1: something would. 2: could not run.

    Example: interlace reparse --home home/ca --state examples/california --periods 2023-09..2024-01 --out changes.csv
    """
    from orchestration.policy import load_policy
    from orchestration.reparse.report import lines
    from orchestration.reparse.run import reparse as compare
    from orchestration.school_year import period_range

    try:
        settings = settings_of(home, state)
        first, _, last = periods.partition("..")
        months = period_range(first, last or first)
        summary = compare(settings, load_policy(settings.state), months, now(), Progress(), out=out)
    except (InterlaceError, OSError, ValueError) as e:
        stop(e)
    for line in lines(summary):
        print(line)
    if out is not None:
        print(f"Every change: {out}")
    raise typer.Exit(summary.code)
