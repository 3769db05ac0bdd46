"""The start of a night's build: upon what the last night made, where that stands whole, else from an empty file."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

import duckdb

from orchestration.policy import Policy
from orchestration.settings import Settings
from orchestration.warehouse import standing_build
from orchestration.warehouse.build_file import (
    RunFacts,
    clear_away,
    lay_views,
    prepare_build_file,
    small_tables,
    what_stands,
    write_table,
)
from orchestration.warehouse.changed import (
    changed_leas,
    changed_sources,
    new_files,
    note_changed_files,
    note_changed_table,
)
from orchestration.warehouse.families import extend_families

SHOWN = 3
log = logging.getLogger("interlace")


@dataclass(frozen=True)
class Build:
    """A build file that dbt may begin with.

    Args:
        facts: what the candidate is a function of.
        changed: names of the sources that are not what the last night read; None in a fresh file, where all is made.
    """

    facts: RunFacts
    changed: tuple[str, ...] | None


def begin_build(settings: Settings, policy: Policy, as_of: datetime) -> Build:
    """Prepare the build file of a night.

    Raises:
        BadDataError: a part of the lake is not as it was written.
    """
    if standing_build.take(settings):
        try:
            return _upon_the_last(settings, policy, as_of)
        except duckdb.Error:
            log.warning("the build of the last night cannot be used; all is made anew", exc_info=True)
    return Build(prepare_build_file(settings, policy, as_of), None)


def _upon_the_last(settings: Settings, policy: Policy, as_of: datetime) -> Build:
    clear_away(settings)
    facts, files = what_stands(settings, policy, as_of)
    with duckdb.connect(str(settings.build_file)) as db:
        db.execute("begin")
        found = db.execute("select received_until from lake.received").fetchone()
        before = None if found is None else found[0]
        lay_views(db, files)
        extend_families(db, new_files(db, files), settings.organizations_at_a_time)
        tables = small_tables(db, settings, policy, facts)
        note_changed_files(db, files, before, tables["received"][1][0][0])
        for name, (columns, rows) in tables.items():
            write_table(db, f"reuse.{name}", columns, rows)
            if name != "received" and _differ(db, name):  # what it changes was noted row by row
                note_changed_table(db, name)
            db.execute(f"create or replace table lake.{name} as from reuse.{name}")
            db.execute(f"drop table reuse.{name}")
        changed = tuple(changed_sources(db))
        leas = changed_leas(db)
        db.execute("commit")
    log.info(
        "building upon the last night: changed are %s%s",
        _listed(changed),
        f", of {leas:,} LEAs" if leas else "",
    )
    return Build(facts, changed)


def _listed(changed: tuple[str, ...]) -> str:
    shown = ", ".join(changed[:SHOWN]) or "nothing"
    return f"{shown} and {len(changed) - SHOWN} more sources" if len(changed) > SHOWN else shown


def _differ(db: duckdb.DuckDBPyConnection, table: str) -> bool:
    old, new = f"from lake.{table}", f"from reuse.{table}"
    only = f"(({new} except all {old}) union all ({old} except all {new}))"
    found = db.execute(f"select count(*) from {only}").fetchone()
    return found is None or found[0] > 0
