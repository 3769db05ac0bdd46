"""Commands of whoever runs the nights: doctor, status, alerts, backup, restore-backup, reingest."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli_options import Home, Progress, State, settings_of, stop
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


def alerts(
    home: Home,
    state: State,
    test: Annotated[
        bool, typer.Option("--test", help="Send a test message by every channel instead of looking.")
    ] = False,
) -> None:
    """Look for troubles now, tell what is new of them by log, file, e-mail and webhook, and list what stands.

    A night does this by itself; from cron this finds out that no night runs at all.

    Exit code 0: nothing is wrong (--test: every channel took the message). 1: something is. 2: could not run.

    Example: interlace alerts --home home/ca --state examples/california
    """
    from orchestration.alerts.after_night import look_and_tell
    from orchestration.alerts.message import Message
    from orchestration.alerts.tell import channels, send

    try:
        settings = settings_of(home, state)
        if not settings.home.is_dir():
            raise ConfigError(f"there is no home at {settings.home}")
        if test:
            text = f"This is a test of the alerts of {settings.home}. Nothing is wrong."
            message = Message("Interlace: a test of the alerts", text, {"troubles": []})
            failed = [(c, send(settings, c, message, now())) for c in channels(settings)]
            for channel, why in failed:
                print(f"{channel}: {f'FAILED ({why})' if why else 'sent'}")
            if not failed:
                print(
                    "Neither e-mail nor webhook is set up; alerts go to the log and to alerts/ of the home."
                )
            raise typer.Exit(1 if any(why for _, why in failed) else 0)
        found = look_and_tell(settings, now(), _say_what_the_list_does_not)
    except (InterlaceError, OSError) as e:
        stop(e)
    for trouble in found:
        print(f"{trouble.what}\n  Do: {trouble.do}")
    if not found:
        print("Nothing is wrong.")
    raise typer.Exit(1 if found else 0)


def _say_what_the_list_does_not(message: str) -> None:
    """That it was told, and what is over; what stands is listed after it."""
    subject, *rest = message.splitlines()
    told = "\n".join([subject, *(line for line in rest if line.startswith("Mended: "))])
    print(f"{told}\n")


def backup(
    home: Home,
    state: State,
    to: Annotated[
        str, typer.Option("--to", help="Folder on another disk, or an address such as s3://bucket/interlace.")
    ],
    all_releases: Annotated[
        bool,
        typer.Option("--all-releases", help="Every release, not only the current and the certified ones."),
    ] = False,
) -> None:
    """Copy what nothing can make again: archive, releases, extracts, the state's folder, files that wait.

    The same place again takes only what is new. Nights may run meanwhile.

    Example: interlace backup --home home/ca --state examples/california --to /backup/interlace
    """
    from upath import UPath

    from orchestration.backup.make import back_up

    try:
        made = back_up(settings_of(home, state), UPath(to), now(), Progress(), all_releases=all_releases)
    except (InterlaceError, OSError, ValueError, ImportError) as e:
        stop(e)
    print(
        f"Backup {made.name}: {made.files:,} files, {made.copied:,} of them new ({made.bytes_copied / 1e6:,.1f} MB), "
        f"{len(made.releases):,} releases, in {to}."
    )


def restore_backup(
    home: Home,
    state: State,
    place: Annotated[str, typer.Option("--from", help="Where interlace backup put it.")],
    name: Annotated[
        str | None, typer.Option("--backup", help="Which one, e.g. 20240620T020000. Default: the last.")
    ] = None,
) -> None:
    """Make a new home of a backup. Every byte is checked; the lake is made again by the next night.

    Example: interlace restore-backup --from /backup/interlace --home home/new --state examples/california
    """
    from upath import UPath

    from orchestration.backup.restore import restore

    try:
        made = restore(UPath(place), settings_of(home, state), name, Progress())
    except (InterlaceError, OSError, ValueError, ImportError) as e:
        stop(e)
    print(f"Restored backup {made.name}: {made.files:,} files, every byte as it was.")
    if made.current:
        print(f"Release {made.current} stands.")
    if made.other_state:
        print(
            f"The state's folder differs from that of the backup in: {', '.join(made.other_state)} (it is in the backup, state/)."
        )
    if made.other_code:
        print(f"The backup was made by code {made.other_code}; the next night reads every submission again.")
    print("Run interlace nightly now: it makes the lake again from the archive.")


def reingest(
    home: Home,
    state: State,
    periods: Annotated[str, typer.Option("--periods", help="First and last month, e.g. 2023-09..2024-01.")],
) -> None:
    """Read the submissions of some months again from the archive: where the lake was damaged. The next night publishes them.

    Example: interlace reingest --home home/ca --state examples/california --periods 2024-01
    """
    from orchestration.intake.again import reingest as read_again
    from orchestration.lock import writer_lock
    from orchestration.policy import load_policy
    from orchestration.school_year import period_range

    try:
        settings = settings_of(home, state)
        first, _, last = periods.partition("..")
        months = period_range(first, last or first)
        with writer_lock(settings.warehouse):
            done = read_again(settings, load_policy(settings.state), months, now(), Progress())
    except (InterlaceError, OSError, ValueError) as e:
        stop(e)
    print(
        f"Read {done.files:,} submissions again, in {len(done.batches):,} batches. Run interlace nightly to publish them."
    )
