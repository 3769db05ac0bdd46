"""Reads stored submissions again into a scratch lake, and compares it with the home's.

Nothing is written into the home, and no lock is taken: what is archived never changes, and the parts of a
lake that stood when the comparison began stay where they are.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from upath import UPath

from orchestration import archive, lake, storage
from orchestration.errors import BadDataError, ConfigError, InterlaceError
from orchestration.feeds.directory import known_organizations
from orchestration.intake import pool
from orchestration.intake.batch import KIND, Runner, first_arrivals, read_into_lake, reader_version
from orchestration.intake.own_faults import complaint
from orchestration.policy import Policy
from orchestration.reparse.compare import compare
from orchestration.reparse.report import FORMS, Summary, summarize, write_changes
from orchestration.school_year import school_year_of
from orchestration.settings import Settings
from orchestration.warehouse.build_file import view_sql

LAKE_TABLES = ("intake__submissions", "intake__findings")


def reparse(
    settings: Settings,
    policy: Policy,
    months: Sequence[str],
    as_of: datetime,
    progress: Callable[[str], None] = lambda _: None,
    *,
    out: Path | None = None,
    directory: Callable[[UPath, datetime], object] = known_organizations,
    run: Runner = pool.run,
) -> Summary:
    """Say what the present code and policy would change in the submissions of those months.

    Files whose month could not be read are read too, and count where it now can be. Files of earlier months
    of the same school year are read beside them, since a rule may look at what an LEA sent before; what
    changes in those is not told.

    Args:
        settings: the home.
        policy: the policy to read with.
        months: the months asked for, in order.
        as_of: what had been received by then (UTC).
        progress: told what is done.
        out: file for every single change, CSV or HTML by its ending.
        directory: the known organizations of a lake as of a time.
        run: has the files read; by worker processes unless something else is given.

    Raises:
        ConfigError: `out` has another ending.
        BadDataError: nothing has been taken in yet, or the archive has lost bytes.
    """
    if out is not None and out.suffix.lower() not in FORMS:
        raise ConfigError(f"--out {out} must end in {' or '.join(FORMS)}")
    batches = [b for b in lake.standing(settings.lake) if b.info.get("kind") == KIND]
    before = lake.parts(settings.lake, batches)
    if not batches:
        raise BadDataError("nothing has been taken in on this home yet; run interlace nightly first")
    same = all(b.info.get("reader") == reader_version(policy) for b in batches)
    with tempfile.TemporaryDirectory(prefix="interlace-reparse-") as folder:
        scratch = Path(folder)
        chosen = _chosen(before, months, policy.school_year_first_month)
        every = first_arrivals(archive.arrivals(settings.archive, "submission"))
        own = replace(
            settings,
            home=scratch,
            lake=UPath(scratch / "lake"),
            landing=UPath(scratch / "landing"),
            outbox=UPath(scratch / "outbox"),
        )
        progress(f"reading {len(chosen):,} submissions again")
        reading = read_into_lake(
            own, policy, as_of, {s: every[s] for s in sorted(chosen) if s in every}, progress,
            directory=lambda _, at: directory(settings.lake, at), run=run,  # type: ignore[arg-type, return-value]
        )  # fmt: skip
        if reading.left:
            raise InterlaceError(complaint(reading.left))
        progress("comparing with what stands")
        with duckdb.connect(str(scratch / "compare.duckdb")) as db:
            db.execute("set memory_limit = ?", [settings.memory_limit])
            db.execute("set temp_directory = ?", [str(scratch / "spill")])
            db.execute("set preserve_insertion_order = false")
            _lay_side_by_side(db, before, lake.parts(own.lake), scratch)
            compare(db, months)
            summary = summarize(db, list(months), same_reader=same)
            if out is not None:
                write_changes(db, summary, out)
        return summary


def _chosen(before: dict[str, list[UPath]], months: Sequence[str], first_month: int) -> set[str]:
    """The submissions to read: of the months, of those before them in their school years, of no month."""
    years = {school_year_of(m, first_month) for m in months}
    last = {y: max(m for m in months if school_year_of(m, first_month) == y) for y in years}
    found = set()
    for path in before.get("intake__submissions", []):
        with path.open("rb") as f:
            rows = pq.read_table(f, columns=["submission_id", "period"]).to_pylist()
        for row in rows:
            period = row["period"]
            if period is None or period <= last.get(school_year_of(period, first_month), ""):
                found.add(row["submission_id"])
    return found


def _lay_side_by_side(
    db: duckdb.DuckDBPyConnection,
    before: dict[str, list[UPath]],
    after: dict[str, list[UPath]],
    scratch: Path,
) -> None:
    """Views `before.<table>` and `after.<table>` of every table of submissions."""
    for schema, parts in (("before", before), ("after", after)):
        db.execute(f"create schema {schema}")
        for table, columns in lake.table_columns().items():
            if table in LAKE_TABLES or table.startswith("submission__"):
                files = [_local(p, scratch / schema / table) for p in parts.get(table, [])]
                db.execute(f"create view {schema}.{table} as {view_sql(columns, files)}")


def _local(path: UPath, folder: Path) -> Path:
    """The part on this disk, copied from an object store where it is not."""
    if storage.is_local(path):
        return storage.local(path)
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / path.name
    copy.write_bytes(path.read_bytes())
    return copy
