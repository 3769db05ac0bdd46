"""`interlace …`: thin over the functions that the assets call."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli_allocate import allocate
from orchestration.cli_extract import extract
from orchestration.cli_operations import alerts, backup, doctor, reingest, restore_backup, status
from orchestration.cli_options import Home, State, end_with_its_code
from orchestration.cli_options import Progress as _Progress
from orchestration.cli_options import settings_of as _settings
from orchestration.cli_options import stop as _stop
from orchestration.cli_release import release_app
from orchestration.cli_release_diff import diff
from orchestration.cli_submissions import reparse, restore, withdraw
from orchestration.cli_trace import trace
from orchestration.clock import now, parse_as_of
from orchestration.errors import ConfigError, InterlaceError

app = typer.Typer(
    name="interlace",
    help="The reporting pipeline of a school-improvement network: files in, checked marts out.\n\n"
    "Try it: interlace demo --home home/demo",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


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
    from orchestration.alerts.after_night import look_and_tell, night_that_could_not_begin
    from orchestration.going_back import refuse_clock_set_back
    from orchestration.nightly import progress_to, run_night
    from orchestration.summary import night_lines

    say = _Progress()
    try:
        settings = _settings(home, state)
        at = parse_as_of(as_of) if as_of else now()
    except (InterlaceError, OSError) as e:
        _stop(e)
    try:
        if as_of is None:
            refuse_clock_set_back(settings, at)
        say("night begins")
        with progress_to(say):
            result = run_night(settings, at)
    except (InterlaceError, OSError) as e:
        if trouble := night_that_could_not_begin(settings, e, at):
            look_and_tell(settings, at, say.head, not_begun=trouble)
        _stop(e)
    look_and_tell(settings, at, say.head)
    if not say.as_json:
        print()
    for line in night_lines(settings, result):
        say.line(line)
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
    to_lake: Annotated[
        bool,
        typer.Option(
            "--to-lake",
            help="Write the rows straight into lake/, marked as simulated: for sizes that nobody should write as workbooks.",
        ),
    ] = False,
) -> None:
    """Write the files that LEAs of this home's directory would have sent, into landing/.

    What is true of the simulated state, and what its files say wrongly, is written into simulation/.

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
            report = write(
                settings, policy, months, leas=leas, seed=seed, slips=slips, to_lake=to_lake, progress=say
            )
    except (InterlaceError, OSError, ValueError) as e:
        _stop(e)
    what = "what would be {:,} files" if to_lake else "{:,} files"
    print(
        f"Wrote {what.format(report.files)} of {report.leas:,} LEAs for {report.organizations:,} plans "
        f"({report.rows:,} rows, {report.slips:,} slips) into {settings.lake if to_lake else settings.landing}."
    )


@app.command()
def workbook(
    home: Home,
    state: State,
    org: Annotated[
        str,
        typer.Option(
            "--org", help="The LEA's ID, with its leading zeros, or `all`: every LEA that owes one."
        ),
    ],
    period: Annotated[str, typer.Option("--period", help="The month to report on, e.g. 2024-01.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="File to write. Default: outbox/<lea_id>/<period>/workbook-<period>.xlsx."
        ),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="xlsx, or zip: the same tables as a zip of CSVs.")
    ] = "xlsx",
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="What had been received by this time is filled in. Default: now."),
    ] = None,
) -> None:
    """Write an LEA's workbook for a month, filled in with what it last sent.

    Example: interlace workbook --home home/ca --state examples/california --org 01611190000000 --period 2024-01
    """
    from orchestration.intake.prefill import FORMS, write_lea_workbook, write_workbooks
    from orchestration.policy import load_policy

    try:
        settings = _settings(home, state)
        policy = load_policy(settings.state)
        when = parse_as_of(as_of) if as_of else now()
        chosen = next((f for f in FORMS if f == form), None)
        if chosen is None:
            raise ConfigError(f"--format {form!r} is unknown; write xlsx or zip")
        if org == "all":
            if out is not None:
                raise ConfigError("--out names one file; leave it out with --org all")
            many = write_workbooks(settings, policy, period, when, _Progress(), form=chosen)
            print(f"Wrote {len(many):,} workbooks for {period} into {settings.outbox}.")
            return
        path, filled = write_lea_workbook(settings, policy, period, org, when, form=chosen, out=out)
    except (InterlaceError, OSError) as e:
        _stop(e)
    rows = sum(len(r) for name, r in filled.tables.items() if name != "cover")
    print(f"Wrote {path}: {len(filled.tables)} tables, {rows:,} rows filled in.")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The workbook or zip of CSVs to look at. It is not sent.")],
    state: State,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home", help="A home: its directory says which school is whose, its lake what was sent before."
        ),
    ] = None,
    feeds: Annotated[
        Path | None, typer.Option("--feeds", help="Or a folder with the state's own files, read for that.")
    ] = None,
    lea: Annotated[
        str, typer.Option("--lea", help="The LEA that would send it. Default: the one its cover names.")
    ] = "",
    page: Annotated[
        Path | None, typer.Option("--html", help="File to write the answer to, as a page.")
    ] = None,
) -> None:
    """Say what a night would say of a file, before it is sent; nothing is kept.

    Exit code 0: accepted. 1: accepted with rows put aside, or refused. 2: could not be read.

    Example: interlace check report.xlsx --state examples/california
    """
    from orchestration.feeds.directory import known_organizations
    from orchestration.intake.check import check_file, directory_of_feeds, lines
    from orchestration.policy import load_policy
    from orchestration.storage import write_whole

    try:
        settings = _settings(home or Path("no-home"), state)
        policy = load_policy(settings.state)
        known = known_organizations(settings.lake, now()) if home else None
        if feeds:
            known = directory_of_feeds(feeds, settings, policy, now())
        history = settings.lake if home else None
        checked = check_file(file, settings, policy, now(), lea_id=lea, known=known, history=history)
        if page:
            write_whole(page, checked.page)
    except (InterlaceError, OSError) as e:
        _stop(e)
    for line in lines(checked):
        print(line)
    raise typer.Exit(checked.code)


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


for command in (
    withdraw,
    restore,
    reparse,
    allocate,
    trace,
    extract,
    doctor,
    status,
    alerts,
    backup,
    restore_backup,
    reingest,
):
    app.command()(command)
release_app.command()(diff)
app.add_typer(release_app)


def main() -> None:
    """The command `interlace`."""
    end_with_its_code(app)


if __name__ == "__main__":
    main()
