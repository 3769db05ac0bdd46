"""The difference between any two releases that stand, for the command `interlace release diff`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import BadDataError, ConfigError
from orchestration.release.changes.compare import compare
from orchestration.release.changes.rows import differing_rows, mart_rows
from orchestration.release.changes.section import changes_section
from orchestration.release.changes.sides import comparing, open_side
from orchestration.release.page_parts import page
from orchestration.settings import Settings

ROWS_SHOWN = 50


@dataclass(frozen=True)
class Difference:
    """What differs.

    Args:
        changes: as compare.compare gives it.
        rows: of the one mart that was asked for, single rows; empty otherwise.
    """

    changes: dict[str, Any]
    rows: Sequence[dict[str, Any]]


def difference(
    settings: Settings, a: str, b: str, mart: str | None, progress: Callable[[str], None]
) -> Difference:
    """Compare two releases.

    Args:
        settings: the home.
        a, b: full IDs, the earlier first.
        mart: only this mart, with single rows; None: all.
        progress: told what is being done.

    Raises:
        ConfigError: no release of the two has such a mart.
        BadDataError: one of them cannot be read.
    """
    # beside the home's own folders: whoever may read releases may compare them
    with (
        tempfile.TemporaryDirectory() as folder,
        comparing(
            scratch := Path(folder) / "diff", threads=settings.threads, memory_limit=settings.memory_limit
        ) as db,
    ):
        then, now = (open_side(settings.releases, r, scratch) for r in (a, b))
        if mart is not None and mart not in {*then.hashes, *now.hashes}:
            raise ConfigError(f"neither release has a mart {mart}; the dictionary lists them")
        try:
            changes = compare(db, then, now, marts=[mart] if mart else None, progress=progress)
            rows: list[dict[str, Any]] = []
            if mart and mart in changes["marts"]:
                mart_rows(db, then, now, mart)  # leaves the keys that differ
                rows = list(differing_rows(db, then, now, mart, ROWS_SHOWN))
        except duckdb.Error as e:
            raise BadDataError(
                f"{a} and {b} cannot be compared: {e}; interlace release verify says more"
            ) from e
    return Difference(changes, rows)


def difference_page(difference: Difference) -> str:
    """The difference as a page of its own."""
    a, b = difference.changes["from"]["release_id"], difference.changes["to"]["release_id"]
    body = changes_section({**difference.changes, "not_compared": ""})
    return page(f"{a} to {b}", f"<main><h1>What changed in release {escape(b)}</h1>{body}</main>")
