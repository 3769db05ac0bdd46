"""changes.json of a release that is being made: against the one before, and against what was certified."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from orchestration import storage
from orchestration.errors import BadDataError
from orchestration.release.changes.certified import since_certified
from orchestration.release.changes.compare import compare
from orchestration.release.changes.sides import Side, open_side
from orchestration.settings import Settings

FILE = "changes.json"


def changes_of(
    db: duckdb.DuckDBPyConnection,
    settings: Settings,
    now: Side,
    previous: str | None,
    progress: Callable[[str], None],
) -> dict[str, Any]:
    """What changes.json holds: everything of compare.compare, `certified`, and `not_compared`.

    A release before that cannot be read does not keep this one from being made: `not_compared` says why there
    is no comparison; it is blank where there is one.
    """
    before: Side | None = None
    said_then: list[dict[str, Any]] = []
    found: dict[str, Any] = {"not_compared": "this is the first release"}
    if previous is not None:
        try:
            before = open_side(settings.releases, previous, now.scratch)
            found = {"not_compared": "", **compare(db, before, now, progress=progress)}
            file = settings.releases / previous / FILE
            said_then = storage.read_json(file).get("certified", []) if file.exists() else []
        except (BadDataError, duckdb.Error, ValueError) as e:
            found = {"not_compared": f"the release before, {previous}, cannot be compared: {e}"}
    found["certified"] = since_certified(
        db, settings.archive, settings.releases, now, previous=before, said_then=said_then
    )
    return found


def write_changes(folder: Path, changes: dict[str, Any]) -> None:
    """Write changes.json into a release's folder."""
    storage.write_json(folder / FILE, changes)
