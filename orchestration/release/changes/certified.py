"""What differs now from the release that was reported for a school year, in the rows of that year.

A certified release never changes; what is corrected after it shows here, night after night.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
from upath import UPath

from orchestration.errors import BadDataError
from orchestration.release.certification import Certification, certifications
from orchestration.release.changes.causes import feed_files_between, other_reasons, submissions_between
from orchestration.release.changes.compare import figure_changes, plain
from orchestration.release.changes.rows import MartRows, mart_rows, marts_to_look_at
from orchestration.release.changes.sides import Side, open_side

YEAR = "school_year"


def since_certified(
    db: duckdb.DuckDBPyConnection,
    archive: UPath,
    releases: UPath | Path,
    now: Side,
    *,
    previous: Side | None = None,
    said_then: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """One entry per certified school year, by year: the certification that holds, and what differs from it.

    Args:
        db: an open connection.
        archive: where certifications lie.
        releases: where releases lie.
        now: the release to compare.
        previous: the release before.
        said_then: the entries of that one: a mart that did not change since needs no second look.
    """
    try:
        holding = {
            c.school_year: c for c in certifications(archive)
        }  # in order of number: the last one holds
    except BadDataError as e:
        return [{"problem": str(e)}]
    return [
        _entry(db, certified, releases, now, previous, said_then) for _, certified in sorted(holding.items())
    ]


def _entry(
    db: duckdb.DuckDBPyConnection,
    certified: Certification,
    releases: UPath | Path,
    now: Side,
    previous: Side | None,
    said_then: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    year = certified.school_year
    entry: dict[str, Any] = {
        "school_year": year,
        "number": certified.number,
        "release_id": certified.release_id,
        "certified_at": certified.certified_at.isoformat(),
        "certified_by": certified.certified_by,
        "note": certified.note,
        "problem": "",
        "marts": {},
        "submissions": [],
        "figures": {"n_moved": 0, "moved": [], "new": [], "gone": [], "reasons": []},
    }
    if certified.release_id == now.release_id:
        return entry
    try:
        then = open_side(releases, certified.release_id, now.scratch)
        marts = [m for m in marts_to_look_at(then, now) if YEAR in then.types(m) and YEAR in now.types(m)]
        known = _known(certified, now, previous, said_then)
        rows = {m: known.get(m) or _row(mart_rows(db, then, now, m, year)) for m in marts}
        submissions = [s for s in submissions_between(db, then, now) if s.school_year == year]
        reasons = other_reasons(then, now, feed_files_between(db, then, now))
        entry["marts"] = {
            m: r for m, r in rows.items() if (r["added"], r["removed"], r["changed"]) != (0, 0, 0)
        }
        entry["submissions"] = [plain(asdict(s)) for s in submissions]
        entry["figures"] = figure_changes(db, then, now, marts, submissions, reasons, year)
        entry["same"] = sorted(m for m in marts if m not in entry["marts"])
    except (BadDataError, duckdb.Error) as e:
        entry["problem"] = f"it cannot be compared: {e}"
    return entry


def _row(rows: MartRows) -> dict[str, Any]:
    return {k: v for k, v in asdict(rows).items() if k != "mart"}


def _known(
    certified: Certification, now: Side, previous: Side | None, said_then: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """What the release before said of marts that are the same in this one."""
    said = next(
        (e for e in said_then if e.get("release_id") == certified.release_id and not e["problem"]), None
    )
    if previous is None or said is None or said["school_year"] != certified.school_year:
        return {}
    same = {m for m, sha256 in now.hashes.items() if previous.hashes.get(m) == sha256}
    none = {"before": 0, "after": 0, "added": 0, "removed": 0, "changed": 0, "columns": {}}
    return {m: said["marts"].get(m, none) for m in same if m in said["marts"] or m in said.get("same", ())}
