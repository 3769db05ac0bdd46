"""Makes a past release again, from the archive alone, with the code and the policy it names, and compares.

Everything is made in a scratch home; the real one is only read: its archive, and of the release no more
than the manifest. So it works as well where lake and releases are gone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from upath import UPath

from orchestration.code_version import code_version
from orchestration.configuration import restore_configuration
from orchestration.content import RunFacts, candidate_sha256, mart_contents
from orchestration.errors import BadDataError, ConfigError
from orchestration.policy import Policy, load_policy
from orchestration.release.made_with import made_with
from orchestration.release.manifest import run_of
from orchestration.release.past_archive import known_arrivals, lay_archive
from orchestration.settings import Settings
from orchestration.warehouse.build_file import policy_sha256, prepare_build_file, run_facts

MODELS_ONLY = ["build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]


@dataclass(frozen=True)
class Rebuilt:
    """What came of making a release again.

    Args:
        release_id: the release.
        marts: how many marts were compared.
        differences: how what was made differs from what was published, mart by mart; empty where it is equal.
        engines: engines whose version is another than then, as `duckdb 1.5.6 (then 1.5.5)`.
        candidate_sha256: content hash of all that was made, which that of the release is where they are equal.
    """

    release_id: str
    marts: int
    differences: tuple[str, ...]
    engines: tuple[str, ...]
    candidate_sha256: str


def rebuild(
    settings: Settings,
    manifest: Mapping[str, Any],
    folder: Path,
    progress: Callable[[str], None] = lambda _: None,
    *,
    state: Path | None = None,
    build: Callable[[Settings, Policy, RunFacts, Callable[[str], None]], None] | None = None,
) -> Rebuilt:
    """Make a release again in a scratch home and compare content hashes, mart by mart.

    Args:
        settings: the home; it is only read.
        manifest: the release's manifest.
        folder: where to make the scratch home; must be empty. Its build file stays there.
        progress: told what is done.
        state: the state's folder as it was then, where the archive did not keep it.
        build: makes the build file of a home; the whole night's making unless something else is given.

    Raises:
        ConfigError: the running code or the state's folder is another than the release's.
        BadDataError: the archive does not hold any more what the release was made from.
    """
    run = run_of(manifest)
    same_code(manifest, run)
    past, policy = past_home(settings, run, folder, state)
    (build or make_build_file)(past, policy, run, progress)
    progress("comparing with what was published")
    made = mart_contents(past.build_file)
    said = manifest["marts"]
    differences = [f"{m} was published, and is not made now" for m in sorted(set(said) - set(made))]
    differences += [f"{m} is made now, and was not published" for m in sorted(set(made) - set(said))]
    for mart in sorted(set(made) & set(said)):
        if made[mart].rows != said[mart]["rows"]:
            differences.append(
                f"{mart} has other rows: {made[mart].rows:,} now, {said[mart]['rows']:,} published"
            )
        elif made[mart].sha256 != said[mart]["sha256"]:
            differences.append(f"{mart} has other values or columns in its {made[mart].rows:,} rows")
    return Rebuilt(
        manifest["release_id"],
        len(said),
        tuple(differences),
        _other_engines(manifest),
        candidate_sha256(made, run),
    )


def past_home(settings: Settings, run: RunFacts, folder: Path, state: Path | None) -> tuple[Settings, Policy]:
    """A scratch home whose archive and policy are those of a past night.

    Raises:
        ConfigError: `state` is not the folder as it was then.
        BadDataError: configuration, arrivals or bytes are not in the archive any more.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(f"{folder} is not empty; name a folder that is not there yet")
    chosen = state or restore_configuration(settings.archive, run.policy_sha256, folder / "configuration")
    past = replace(
        settings,
        home=folder,
        state=chosen,
        landing=UPath(folder / "landing"),
        feeds=UPath(folder / "feeds"),
        lake=UPath(folder / "lake"),
        releases=UPath(folder / "releases"),
        extracts=UPath(folder / "extracts"),
        outbox=UPath(folder / "outbox"),
    )
    policy = load_policy(chosen)
    if policy_sha256(past, policy) != run.policy_sha256:
        raise ConfigError(
            f"the release was made under the configuration {run.policy_sha256[:16]}…, and {chosen} is "
            f"{policy_sha256(past, policy)[:16]}…: its policy.yaml, feeds.yaml or allocation.yaml was changed since"
        )
    for n, arrivals in enumerate(known_arrivals(settings.archive, run.as_of)):
        root = folder / f"archive-{n}"
        lay_archive(settings.archive, root, arrivals, run.as_of)
        there = replace(past, archive=UPath(root))
        if run_facts(there, policy, run.as_of).archive_sha256 == run.archive_sha256:
            return there, policy
    raise BadDataError(
        f"the archive does not hold what it held for {run.as_of:%Y-%m-%d %H:%M} UTC when the release was made: "
        "files or decisions of before then were added or are missing, or the release holds simulated rows "
        "(interlace simulate --to-lake), which no archive has. It cannot be made again from this archive"
    )


def make_build_file(
    past: Settings,
    policy: Policy,
    run: RunFacts,
    progress: Callable[[str], None],
    models: tuple[str, ...] = (),
) -> None:
    """Read everything into the scratch lake and build the marts (or only those models and what they need)."""
    from orchestration.feeds.load import load_feeds
    from orchestration.intake.batch import take_in_submissions
    from orchestration.warehouse.dbt_run import dbt

    load_feeds(past, policy, run.as_of, progress)
    take_in_submissions(past, policy, run.as_of, progress)
    prepare_build_file(past, policy, run.as_of)
    progress("building the marts")
    dbt([*MODELS_ONLY, *(["--select", *(f"+{m}" for m in models)] if models else [])], past)


def scratch_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for a scratch home, gone with its context."""
    return tempfile.TemporaryDirectory(prefix="interlace-rebuild-")


def same_code(manifest: Mapping[str, Any], run: RunFacts) -> None:
    """Refuse where the running code is not that of the release.

    Raises:
        ConfigError: it is another; says which is needed and how to get it.
    """
    if (here := code_version()) == run.code_version:
        return
    commit = (manifest.get("made_with") or {}).get("git_commit")
    how = (
        f"get it with `git worktree add ../interlace-then {commit}`, install its requirements.lock, and run "
        "the same command there"
        if commit
        else "its manifest names no commit (the code was no checkout, or was changed since its commit); look for "
        "the commit at which `python -c 'from orchestration.code_version import code_version as v; print(v())'` "
        f"prints {run.code_version}"
    )
    raise ConfigError(
        f"{manifest['release_id']} was made by code {run.code_version}, and this is code {here}; "
        f"other code would make other figures. To make it again: {how}"
    )


def _other_engines(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    then = (manifest.get("made_with") or {}).get("packages") or {}
    now = made_with()["packages"]
    return tuple(
        f"{name} {now.get(name, 'none')} (then {then[name]})"
        for name in sorted(then)
        if then[name] != now.get(name)
    )
