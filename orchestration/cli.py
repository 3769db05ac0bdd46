"""`interlace …`: thin over the functions that the assets call."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from orchestration.clock import now, parse_as_of
from orchestration.errors import InterlaceError
from orchestration.settings import Settings

app = typer.Typer(
    name="interlace",
    help="The reporting pipeline of a school-improvement network: files in, checked marts out.\n\n"
    "Try it: interlace demo --home home/demo",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

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


def _settings(home: Path, state: Path) -> Settings:
    return Settings.at(home, state, os.environ)


class _Progress:
    """Prints progress with the seconds since the start."""

    def __init__(self) -> None:
        self.out = sys.stdout
        self.start = time.monotonic()

    def __call__(self, message: str) -> None:
        print(f"[{time.monotonic() - self.start:6.1f} s] {message}", file=self.out, flush=True)


def _stop(error: BaseException) -> None:
    from orchestration.nightly import COULD_NOT_RUN, explain

    print(f"Could not run: {explain(error)}", file=sys.stderr)
    raise typer.Exit(COULD_NOT_RUN)


@app.command()
def nightly(
    home: Home,
    state: State,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            help="What had been received by this time counts, e.g. 2024-06-15 or 2024-06-15T02:00:00Z. Default: now.",
        ),
    ] = None,
) -> None:
    """Run one night: take in what arrived, build, check, and publish what passes.

    Exit code 0: published. 1: a check refused the data, the old release stands. 2: could not run.

    Example: interlace nightly --home home/ca --state examples/california
    """
    from orchestration.nightly import progress_to, run_night
    from orchestration.summary import night_lines

    say = _Progress()
    try:
        settings = _settings(home, state)
        say("night begins")
        with progress_to(say):
            result = run_night(settings, parse_as_of(as_of) if as_of else now())
    except (InterlaceError, OSError) as e:
        _stop(e)
    print()
    for line in night_lines(settings, result):
        print(line)
    raise typer.Exit(result.code)


@app.command()
def simulate(
    home: Home,
    state: State,
    periods: Annotated[str, typer.Option(help="First and last month, e.g. 2023-08..2024-05.")],
    leas: Annotated[
        int | None, typer.Option(help="At most this many LEAs. Default: all with a designated school.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same home: same bytes.")] = 0,
    slips: Annotated[
        float,
        typer.Option(
            help="Share of organizations and months that get a typing slip, 0 to 1; written down in simulation/slips.json."
        ),
    ] = 0.0,
) -> None:
    """Write the files that LEAs of this home's directory would have sent, into landing/.

    Example: interlace simulate --home home/ca --state examples/california --periods 2023-08..2024-05 --leas 20
    """
    from orchestration.demo.simulate import simulate as write
    from orchestration.feeds.load import load_feeds
    from orchestration.lock import writer_lock
    from orchestration.policy import load_policy
    from orchestration.school_year import period_range

    say = _Progress()
    try:
        settings = _settings(home, state)
        policy = load_policy(settings.state)
        first, _, last = periods.partition("..")
        months = period_range(first, last or first)
        with writer_lock(settings.warehouse):
            load_feeds(settings, policy, now(), say)
        report = write(settings, policy, months, leas=leas, seed=seed, slips=slips, progress=say)
    except (InterlaceError, OSError, ValueError) as e:
        _stop(e)
    print(
        f"Wrote {report.files:,} files of {report.leas:,} LEAs for {report.organizations:,} plans "
        f"({report.rows:,} rows, {report.slips:,} slips) into {settings.landing}."
    )


@app.command()
def demo(
    home: Annotated[Path, typer.Option("--home", help="Where to make the demo.")] = Path("home/demo"),
) -> None:
    """Make a synthetic state, its files, and run a whole night on it."""
    from orchestration.demo.run import run_demo

    say = _Progress()
    try:
        code, lines = run_demo(home, os.environ, say)
    except (InterlaceError, OSError) as e:
        _stop(e)
    print()
    for line in lines:
        print(line)
    raise typer.Exit(code)


if __name__ == "__main__":
    app()
