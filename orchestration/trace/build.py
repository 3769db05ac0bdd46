"""The build that a release came from: the home's last one, or that night made again in a scratch home."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.content import MARTS, open_read_only, quoted, read_run, relation_content
from orchestration.errors import BadDataError, BusyError
from orchestration.lock import writer_lock
from orchestration.release.manifest import run_of
from orchestration.release.rebuild import make_build_file, past_home, same_code
from orchestration.settings import Settings


@dataclass(frozen=True)
class Build:
    """A build that holds exactly the mart of the release.

    Args:
        connection: its build file, read only.
        manifest: dbt's manifest of it.
        made_again: whether the night was made again for this.
    """

    connection: duckdb.DuckDBPyConnection
    manifest: Path
    made_again: bool


@contextmanager
def build_of(
    settings: Settings, manifest: Mapping[str, Any], mart: str, progress: Callable[[str], None]
) -> Iterator[Build]:
    """The build of a release, as a copy that no night waits for.

    The home's last build serves if the release came from it and the lake still holds its files; else
    the release's night is made again from the archive, as far as the mart needs it.

    Raises:
        ConfigError, BadDataError: it has to be made again, and cannot be (other code, lost bytes …).
    """
    wanted = manifest["marts"][mart]["sha256"]
    with tempfile.TemporaryDirectory(prefix="interlace-trace-") as folder:
        copy = Path(folder) / settings.build_file.name
        if _copied(settings, manifest, copy):
            with open_read_only(copy) as db:
                if _holds(db, mart, wanted) and _reads(db):
                    yield Build(db, settings.warehouse / "dbt" / "manifest.json", made_again=False)
                    return
        progress("the release is not of the last build: making its night again from the archive")
        run = run_of(manifest)
        same_code(manifest, run)
        past, policy = past_home(settings, run, Path(folder).resolve() / "home", None)
        make_build_file(past, policy, run, progress, (mart,))
        with open_read_only(past.build_file) as db:
            if not _holds(db, mart, wanted):
                raise BadDataError(
                    f"{mart} made again is not what the release holds, so a trace would be of another figure; "
                    "interlace release rebuild says what differs"
                )
            yield Build(db, past.warehouse / "dbt" / "manifest.json", made_again=True)


def _copied(settings: Settings, manifest: Mapping[str, Any], copy: Path) -> bool:
    """Copy the home's build file if it is of the release's night; under the lock, as a night replaces it."""
    try:
        with writer_lock(settings.warehouse):
            if not settings.build_file.exists() or read_run(settings.build_file) != run_of(manifest):
                return False
            shutil.copyfile(settings.build_file, copy)
            return True
    except (BusyError, BadDataError):
        return False  # a night is at work on it, or it was never finished


def _holds(db: duckdb.DuckDBPyConnection, mart: str, sha256: str) -> bool:
    try:
        return relation_content(db, f"{quoted(MARTS)}.{quoted(mart)}").sha256 == sha256
    except duckdb.Error:
        return False


def _reads(db: duckdb.DuckDBPyConnection) -> bool:
    """Whether the lake's files that the build read are still there; a lake made again has others."""
    tables = db.execute(
        "select table_name from information_schema.tables where table_schema = 'lake' and table_type = 'VIEW'"
    ).fetchall()
    try:
        for (table,) in tables:
            db.execute(f"select count(*) from lake.{quoted(table)}")
    except duckdb.Error:
        return False
    return True
