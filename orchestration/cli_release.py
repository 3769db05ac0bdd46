"""`interlace release …`: list, show, verify, rollback, prune, rebuild, certify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli_options import Home, Progress, State, settings_of, stop
from orchestration.clock import now
from orchestration.errors import BadDataError, InterlaceError
from orchestration.settings import Settings

release_app = typer.Typer(
    name="release",
    help="Look after what was published: list, show, verify, rollback, prune, rebuild, certify.\n\n"
    "A release is named by its ID or the start of it, by current, or by previous.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Name = Annotated[str, typer.Argument(metavar="RELEASE", help="ID or its start, current, or previous.")]
By = Annotated[str, typer.Option("--by", help="Who does it, e.g. a name and office.")]


def _certified(settings: Settings) -> dict[str, tuple[str, ...]]:
    from orchestration.release.certification import certifications

    found: dict[str, tuple[str, ...]] = {}
    for c in certifications(settings.archive):
        found[c.release_id] = (*found.get(c.release_id, ()), c.school_year)
    return found


@release_app.command("list")
def list_command(home: Home, state: State) -> None:
    """List the releases, the newest night first.

    Example: interlace release list --home home/demo --state orchestration/demo/state
    """
    from orchestration.release.listing import list_lines, list_releases

    try:
        settings = settings_of(home, state)
        lines = list_lines(list_releases(settings.releases, _certified(settings)))
    except (InterlaceError, OSError) as e:
        stop(e)
    print("\n".join(lines))


@release_app.command()
def show(home: Home, state: State, release: Name = "current") -> None:
    """Say what a release is: what it was made from, what it holds, and what was done with it since.

    Example, with --home and --state: interlace release show current
    """
    from orchestration import storage
    from orchestration.release.certification import certifications
    from orchestration.release.current import read_current
    from orchestration.release.manifest import MANIFEST
    from orchestration.release.names import resolve
    from orchestration.release.records import records
    from orchestration.release.show import show_lines

    try:
        settings = settings_of(home, state)
        name = resolve(settings.releases, release)
        lines = show_lines(
            storage.read_json(settings.releases / name / MANIFEST),
            is_current=read_current(settings.releases) == name,
            certified=[c for c in certifications(settings.archive) if c.release_id == name],
            deeds=[r for r in records(settings.releases) if r.release_id == name],
        )
    except (InterlaceError, OSError) as e:
        stop(e)
    except (ValueError, KeyError, TypeError) as e:
        stop(BadDataError(f"the manifest of {release} cannot be understood ({e!r}); verify it"))
    print("\n".join(lines))


@release_app.command()
def verify(
    home: Home,
    state: State,
    release: Annotated[
        str | None, typer.Argument(metavar="[RELEASE]", help="One release. Default: all of them.")
    ] = None,
) -> None:
    """Compute every hash again: whether each file and each mart is as it was published.

    Exit code 0: all whole. 1: something is damaged, and what. 2: could not look.

    Example, with --home and --state: interlace release verify current
    """
    from orchestration.release.names import release_ids, resolve
    from orchestration.release.verify import verify_release

    try:
        settings = settings_of(home, state)
        names = [resolve(settings.releases, release)] if release else release_ids(settings.releases)
        damaged = 0
        for name in names:
            problems = verify_release(settings.releases / name)
            damaged += bool(problems)
            print(f"{name}: {'DAMAGED' if problems else 'whole'}")
            for problem in problems:
                print(f"  {problem}")
    except (InterlaceError, OSError) as e:
        stop(e)
    print(f"{len(names):,} verified, {damaged:,} damaged.")
    if damaged:
        print(
            "A damaged release is published anew by a night as of the same time, and can be compared "
            "with interlace release rebuild."
        )
    raise typer.Exit(1 if damaged else 0)


@release_app.command()
def rollback(
    home: Home,
    state: State,
    release: Name,
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept.")],
    by: By,
) -> None:
    """Make an earlier release the current one, at once for every reader; it is verified first.

    Example, with --home and --state: interlace release rollback previous --by "J. Ortiz, Data" --reason "Wrong directory"
    """
    from orchestration.lock import writer_lock
    from orchestration.release.names import resolve
    from orchestration.release.rollback import roll_back

    try:
        settings = settings_of(home, state)
        with writer_lock(settings.warehouse):
            name = resolve(settings.releases, release)
            made = roll_back(settings.releases, name, by, reason, now())
    except (InterlaceError, OSError) as e:
        stop(e)
    print(f"{name} is the current release again; before it was {made.before or 'none'}, which stays.")
    print(
        "The next night publishes anew and moves current to what it makes: mend the cause before then "
        "(withdraw a file, correct a feed or the policy)."
    )


@release_app.command()
def prune(
    home: Home,
    state: State,
    remove: Annotated[
        bool, typer.Option("--remove/--dry-run", help="Remove them. Default: only say what would go.")
    ] = False,
    by: Annotated[str, typer.Option("--by", help="Who does it; needed with --remove.")] = "",
) -> None:
    """Remove releases that neither the state's policy nor a certification keeps; first only say which.

    Example, with --home and --state: interlace release prune --remove --by "J. Ortiz, Data"
    """
    from orchestration.errors import ConfigError
    from orchestration.lock import writer_lock
    from orchestration.policy import load_policy
    from orchestration.release.prune import plan_pruning, pruning_lines
    from orchestration.release.prune import prune as remove_them

    try:
        settings = settings_of(home, state)
        policy, at = load_policy(settings.state), now()
        if not remove:
            plan = plan_pruning(settings.releases, policy, at, _certified(settings))
        elif not by.strip():
            raise ConfigError("--remove needs --by: who removes releases is written down")
        else:
            with writer_lock(settings.warehouse):
                plan = plan_pruning(settings.releases, policy, at, _certified(settings))
                remove_them(settings.releases, plan, by, at)
    except (InterlaceError, OSError) as e:
        stop(e)
    print("\n".join(pruning_lines(plan, done=remove)))


@release_app.command()
def certify(
    home: Home,
    state: State,
    release: Name,
    school_year: Annotated[str, typer.Option("--school-year", help="The year it was reported for: 2022-23.")],
    by: By,
    note: Annotated[str, typer.Option("--note", help="What was reported with it, in words.")] = "",
) -> None:
    """Mark a release as the one reported for a school year, for ever; it is verified first.

    A year that is certified already gets a second certification beside the first, which remains.

    Example, with --home and --state: interlace release certify current --school-year 2022-23 --by "J. Ortiz" --note "EDFacts"
    """
    from orchestration.lock import writer_lock
    from orchestration.release.certifying import certify_release
    from orchestration.release.names import resolve

    try:
        settings = settings_of(home, state)
        with writer_lock(settings.warehouse):
            name = resolve(settings.releases, release)
            made, earlier = certify_release(
                settings.archive, settings.releases, name, school_year, by, note, now()
            )
    except (InterlaceError, OSError) as e:
        stop(e)
    print(
        f"{name} is certified for {made.school_year} (no. {made.number}), on "
        f"{made.certified_at:%Y-%m-%d %H:%M} UTC by {made.certified_by}. It is never pruned."
    )
    for c in earlier:
        print(f"Before it: no. {c.number}, {c.release_id}, by {c.certified_by}; that certification remains.")


@release_app.command()
def rebuild(
    home: Home,
    state: State,
    release: Name,
    state_then: Annotated[
        Path | None,
        typer.Option(
            "--state-then", help="The state's folder as it was then, where the archive has not kept it."
        ),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="Folder in which to keep what is made. Default: none.")
    ] = None,
) -> None:
    """Make a past release again from the archive, with the code and policy it names, and compare.

    The home is only read. Exit code 0: equal. 1: it differs, and where. 2: could not be made, and why.

    Example, with --home and --state: interlace release rebuild previous
    """
    from contextlib import nullcontext

    from orchestration import storage
    from orchestration.release.manifest import MANIFEST
    from orchestration.release.names import resolve
    from orchestration.release.rebuild import rebuild as make_again
    from orchestration.release.rebuild import scratch_folder

    try:
        settings = settings_of(home, state)
        name = resolve(settings.releases, release)
        manifest = storage.read_json(settings.releases / name / MANIFEST)
        with nullcontext(str(keep)) if keep else scratch_folder() as folder:
            made = make_again(settings, manifest, Path(folder).resolve(), Progress(), state=state_then)
    except (InterlaceError, OSError) as e:
        stop(e)
    print()
    if not made.differences:
        print(f"{name} was made again from the archive: all {made.marts} marts are equal, by content hash.")
    else:
        print(f"{name} was made again, and {len(made.differences)} of its marts differ:")
        for difference in made.differences:
            print(f"  {difference}")
    if made.engines:
        print(f"Engines of another version than then: {', '.join(made.engines)}.")
    raise typer.Exit(1 if made.differences else 0)
