"""What changed in the public tables since the last certified release, from the two public folders alone.

Nothing else is read: who has both folders could work out every number of it, so that it tells nobody what is
hidden. A row that is hidden in either release is in no count but those of rows that came and went, as rows are told
of in both. Certified releases are the ones to be given away; a night that nobody was given would be told of else.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
from upath import UPath

from orchestration.content import quoted
from orchestration.disclosure.declaration import HIDDEN, SUPPRESSION
from orchestration.errors import BadDataError
from orchestration.release.certification import certifications
from orchestration.release.changes.compare import names_of
from orchestration.release.changes.figures import by_size, figures_between, moved_figures
from orchestration.release.changes.rows import marts_to_look_at
from orchestration.release.changes.sides import Side, open_side
from orchestration.release.layout import PUBLIC
from orchestration.release.manifest import MANIFEST

FILE = "changes.json"
FIGURES_KEPT = 200


def last_public(archive: UPath, releases: UPath | Path, but: str) -> str | None:
    """The release certified last that has a public folder and is not `but`; None where there is none."""
    found = sorted(certifications(archive), key=lambda c: (c.certified_at, c.school_year, c.number))
    for certified in reversed(found):
        folder = releases / certified.release_id
        if certified.release_id != but and (folder / MANIFEST).exists() and (folder / PUBLIC).exists():
            return certified.release_id
    return None


def public_changes(
    db: duckdb.DuckDBPyConnection, archive: UPath, releases: UPath | Path, now: Side
) -> dict[str, Any]:
    """What a public folder's changes.json holds.

    Args:
        db: an open connection (sides.comparing).
        archive: where certifications lie.
        releases: where releases lie.
        now: the release that is being made, of the public audience.

    Returns:
        JSON: `not_compared` (why there is nothing to compare; blank otherwise) and, where there is, `since` (release and
        its time), `tables` (rows before and now, added, removed, changed by column), `new`, `gone` (names of
        tables), `n_same` and `figures`, those key figures that both tell with another value.
    """
    try:
        name = last_public(archive, releases, now.release_id)
        if name is None:
            return {"not_compared": "no earlier release with public tables has been certified"}
        then = open_side(releases, name, now.scratch, PUBLIC)
        marts = marts_to_look_at(then, now)
        tables = {mart: _rows(db, then, now, mart) for mart in marts}
        moved = [m for f in figures_between(then, now, marts) for m in moved_figures(db, then, now, f)[0]]
        told = list(by_size([m for m in moved if m.before is not None and m.after is not None]))
        names = names_of(db, now, told[:FIGURES_KEPT])
    except (BadDataError, duckdb.Error):
        return {"not_compared": "the release certified before cannot be read any more"}
    return {
        "not_compared": "",
        "since": {"release_id": name, "as_of": then.as_of.isoformat()},
        "tables": tables,
        "new": sorted(set(now.hashes) - set(then.hashes)),
        "gone": sorted(set(then.hashes) - set(now.hashes)),
        "n_same": len(set(then.hashes) & set(now.hashes)) - len(marts),
        "n_figures": len(told),
        "figures": [
            {
                "title": m.figure.title, "by": m.figure.by, "id": m.id, "name": names.get((m.figure.by, m.id), ""),
                "span": m.span, "unit": m.figure.unit, "before": m.before, "after": m.after,
            }
            for m in told[:FIGURES_KEPT]
        ],
    }  # fmt: skip


def _rows(db: duckdb.DuckDBPyConnection, then: Side, now: Side, mart: str) -> dict[str, Any]:
    """Rows of a table that came and went, and those told in both releases that say something else."""
    here = now.types(mart)
    shared = [c for c in here if then.types(mart).get(c) == here[c]]
    key = list(now.dictionary["marts"][mart]["key"])
    counts = [int(side.dictionary["marts"][mart]["rows"]) for side in (then, now)]
    found: dict[str, Any] = {"before": counts[0], "after": counts[1]}
    if not key or not set(key) <= set(shared):
        return {**found, "added": None, "removed": None, "changed": None, "columns": {}}
    rest = [c for c in shared if c not in key and c != SUPPRESSION]
    told = " and ".join(
        f"{side}.{quoted(SUPPRESSION)} is distinct from '{HIDDEN}'"
        for name, side in ((then, "a"), (now, "b"))
        if SUPPRESSION in name.types(mart)
    )
    in_both = f"a.is_there and b.is_there{' and ' + told if told else ''}"
    differs = [f"a.{quoted(c)} is distinct from b.{quoted(c)}" for c in rest]
    counted = ", ".join(f"count(*) filter ({in_both} and {d})" for d in ["false", *differs])
    matched = " and ".join(f"a.{quoted(k)} is not distinct from b.{quoted(k)}" for k in key)
    row = db.execute(
        f"select count(*) filter (a.is_there is null), count(*) filter (b.is_there is null), "
        f"count(*) filter ({in_both} and ({' or '.join(differs) or 'false'})), {counted} "
        f"from (select true as is_there, * from {then.rows_of(mart)}) a "
        f"full join (select true as is_there, * from {now.rows_of(mart)}) b on {matched}"
    ).fetchone()
    assert row is not None  # an aggregate without groups has one row
    added, removed, changed, _, *by_column = row
    columns: Mapping[str, int] = {c: int(n) for c, n in zip(rest, by_column, strict=True) if n}
    return {**found, "added": added, "removed": removed, "changed": changed, "columns": columns}
