"""The stages of a night, and what people do with releases, by the functions that assets and commands call."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from upath import UPath

from orchestration import lake
from orchestration.assets.faults import permanent_faults
from orchestration.demo.state import DEMO_STATE
from orchestration.lock import writer_lock
from orchestration.policy import load_policy
from orchestration.settings import EXPECTATIONS, Settings

FIRST_NIGHT, SECOND_NIGHT = datetime(2023, 10, 20, 9), datetime(2023, 11, 20, 9)
LATER = datetime(2030, 1, 1)
YEAR = "2022-23"
BACKUP, RESTORED = (
    "the-backup",
    "the-restored",
)  # beside a home's rooms, so that their writes are counted, too


@dataclass(frozen=True)
class Stage:
    """One stage.

    Args:
        name: its name.
        run: does it on a home, as of the second night.
        before, after: the prepared homes from which it starts and as which it ends.
        rooms: what it needs of a home.
        compared: what it may change, compared afterwards.
    """

    name: str
    run: Callable[[Settings], None]
    before: str
    after: str
    rooms: tuple[str, ...]
    compared: tuple[str, ...]


def settings_of(home: Path) -> Settings:
    """Settings of a home of the demonstration's state, with what the environment says of its rooms."""
    return Settings.at(home, DEMO_STATE, os.environ)


def feeds(settings: Settings) -> None:
    from orchestration.feeds.load import load_feeds

    load_feeds(settings, load_policy(settings.state), SECOND_NIGHT)


def intake(settings: Settings) -> None:
    from orchestration.intake.batch import take_in_submissions
    from orchestration.intake.returning import give_back_missing

    take_in_submissions(settings, load_policy(settings.state), SECOND_NIGHT)
    give_back_missing(settings)


def build(settings: Settings) -> None:
    from orchestration.configuration import keep_configuration
    from orchestration.warehouse.build_file import prepare_build_file
    from orchestration.warehouse.dbt_run import build_args, dbt

    facts = prepare_build_file(settings, load_policy(settings.state), SECOND_NIGHT)
    keep_configuration(settings.archive, settings.state, facts.policy_sha256)
    dbt(build_args(), settings)


def gate(settings: Settings) -> None:
    from orchestration.disclosure.build import build_public
    from orchestration.disclosure.declaration import public_marts
    from orchestration.gate.record import remove_record
    from orchestration.gate.run import run_gate
    from orchestration.warehouse.dbt_run import mart_names
    from orchestration.warehouse.dictionary import mart_dictionary
    from orchestration.warehouse.manifest import ensure_manifest

    manifest = ensure_manifest()
    public = public_marts(mart_dictionary(manifest))
    limits = {"threads": settings.threads, "memory_limit": settings.memory_limit}
    remove_record(settings.gate_record)
    build_public(settings.build_file, public, progress=lambda _: None, **limits)
    verdict = run_gate(
        settings.build_file, EXPECTATIONS, mart_names(manifest), settings.gate_record, settings.data_docs,
        public=public, **limits,
    )  # fmt: skip
    if not verdict.passed:
        raise RuntimeError("the gate refused: " + "; ".join(verdict.problems))


def publish(settings: Settings) -> None:
    from orchestration.release.publish import publish as do
    from orchestration.warehouse.dbt_docs import dbt_docs_page
    from orchestration.warehouse.dictionary import mart_dictionary
    from orchestration.warehouse.manifest import ensure_manifest

    manifest = ensure_manifest()
    do(
        settings, settings.build_file, settings.gate_record, settings.data_docs, mart_dictionary(manifest),
        dbt_docs=dbt_docs_page(manifest),
    )  # fmt: skip


def certify(settings: Settings) -> None:
    from orchestration.release.certifying import certify_release
    from orchestration.release.current import read_current

    name = read_current(settings.releases) or ""
    certify_release(settings.archive, settings.releases, name, YEAR, "the harness", "faults", LATER)


def rollback(settings: Settings) -> None:
    from orchestration.release.current import read_current
    from orchestration.release.names import release_ids
    from orchestration.release.rollback import roll_back

    first = sorted(release_ids(settings.releases))[0]
    if read_current(settings.releases) != first:  # asked for again after it was done
        roll_back(settings.releases, first, "the harness", "faults", LATER)


def prune(settings: Settings) -> None:
    from orchestration.release.prune import plan_pruning
    from orchestration.release.prune import prune as do

    far = LATER + timedelta(days=3650)
    do(
        settings.releases,
        plan_pruning(settings.releases, load_policy(settings.state), far, {}),
        "harness",
        LATER,
    )


def backup(settings: Settings) -> None:
    from orchestration.backup.make import back_up

    back_up(settings, UPath(settings.home.with_name(BACKUP)), LATER)


def restore(settings: Settings) -> None:
    from orchestration.backup.restore import restore as do

    # what was cut short is removed by hand, as docs/faults.md says: a home that holds something is refused
    shutil.rmtree(settings.home.with_name(RESTORED), ignore_errors=True)
    do(UPath(settings.home.with_name(BACKUP)), settings_of(settings.home.with_name(RESTORED)))


def workbooks(settings: Settings) -> None:
    from orchestration.intake.prefill import write_workbooks

    write_workbooks(settings, load_policy(settings.state), "2023-10", SECOND_NIGHT)


TAKEN = ("archive", "lake", "landing", "feeds", "outbox")
RELEASES = ("archive", "releases")
STAGES = {
    s.name: s
    for s in (
        Stage("feeds", feeds, "received", "fed", TAKEN, ("archive", "lake")),
        Stage("intake", intake, "fed", "taken", TAKEN, ("archive", "lake", "outbox")),
        Stage("workbooks", workbooks, "taken", "prefilled", TAKEN, ("outbox",)),
        Stage("build", build, "taken", "built", ("archive", "lake"), ("archive",)),
        Stage("gate", gate, "built", "judged", ("warehouse",), ()),
        Stage("publish", publish, "judged", "published", ("archive", "lake", "warehouse", "releases"), ("releases",)),
        Stage("certify", certify, "published", "certified", RELEASES, ("archive", "releases")),
        Stage("rollback", rollback, "published", "rolled_back", RELEASES, ("releases",)),
        Stage("prune", prune, "pruneable", "pruned", RELEASES, ("releases",)),
        Stage("backup", backup, "published", "backed_up", (*RELEASES, "landing", "feeds"), ("archive", "releases", BACKUP)),
        Stage("restore", restore, "backed_up", "restored", (BACKUP,), (BACKUP, RESTORED)),
    )
}  # fmt: skip


def run_stage(name: str, home: Path) -> None:
    """One stage on a home, with what its asset or command holds around it."""
    settings = settings_of(home)
    with permanent_faults():
        if name == "workbooks":  # they read only; nobody waits for them
            STAGES[name].run(settings)
            return
        with lake.naming_damage(settings.lake), writer_lock(settings.warehouse):
            STAGES[name].run(settings)
