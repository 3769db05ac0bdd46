"""Everything that differs between two releases, as one value: what changes.json holds and pages are made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import duckdb

from orchestration.release.changes.causes import (
    SubmissionBetween,
    behind_a_move,
    feed_files_between,
    other_reasons,
    submissions_between,
)
from orchestration.release.changes.figures import Moved, by_size, figures_between, moved_figures
from orchestration.release.changes.rows import mart_rows, marts_to_look_at
from orchestration.release.changes.sides import Side
from orchestration.release.contract import schema_changes
from orchestration.release.page_parts import counted

FIGURES_KEPT = 2000  # of those that moved, the largest moves; how many there were is kept too
NAMES = {
    "lea": ("dim_organization", "org_id", "org_name"),
    "practice": ("dim_practice", "practice_code", "practice_title"),
}


def compare(
    db: duckdb.DuckDBPyConnection,
    a: Side,
    b: Side,
    *,
    marts: Sequence[str] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """What changed from release a to release b.

    Args:
        db: an open connection (sides.comparing).
        a: the earlier release.
        b: the later one.
        marts: only these; all where None.
        progress: told what is being done.

    Returns:
        JSON: `from`, `to`, `inputs`, `schema`, `marts` (those with other rows), `n_same` (marts without),
        `submissions`, `feed_files`, `figures`.
    """
    looked_at = [m for m in marts_to_look_at(a, b) if marts is None or m in marts]
    progress(f"comparing {len(looked_at)} marts with those of {a.release_id}")
    rows = [mart_rows(db, a, b, mart) for mart in looked_at]
    shared = set(a.hashes) & set(b.hashes)
    submissions, feeds = submissions_between(db, a, b), feed_files_between(db, a, b)
    return {
        "from": _named(a),
        "to": _named(b),
        "inputs": {name: a.inputs[name] != b.inputs[name] for name in sorted(b.inputs)},
        "schema": [
            asdict(c) for c in schema_changes(a.dictionary, b.dictionary) if marts is None or c.mart in marts
        ],
        "marts": {r.mart: {k: v for k, v in asdict(r).items() if k != "mart"} for r in rows},
        "n_same": len(shared if marts is None else shared & set(marts)) - len(looked_at),
        "submissions": [plain(asdict(s)) for s in submissions],
        "feed_files": [plain(asdict(f)) for f in feeds],
        "figures": figure_changes(db, a, b, looked_at, submissions, other_reasons(a, b, feeds)),
    }


def figure_changes(
    db: duckdb.DuckDBPyConnection,
    a: Side,
    b: Side,
    marts: Sequence[str],
    submissions: Sequence[SubmissionBetween],
    reasons: Sequence[str],
    year: str | None = None,
) -> dict[str, Any]:
    """The key figures that moved, with the submissions behind each.

    Returns:
        `n_moved`, `moved` (the largest moves first), `new` and `gone` (how many per figure), and `reasons`: what
        else may have moved a figure whose LEA sent nothing.
    """
    moved: list[Moved] = []
    new: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    for figure in figures_between(a, b, marts):
        found, only_b, only_a = moved_figures(db, a, b, figure, year)
        moved += found
        for n, into in ((only_b, new), (only_a, gone)):
            if n:
                into.append({"title": figure.title, "by": figure.by, "mart": figure.mart, "n": n})
    by_lea: dict[str, list[SubmissionBetween]] = {}
    for s in submissions:
        by_lea.setdefault(s.lea_id, []).append(s)
    kept = list(by_size(moved))[:FIGURES_KEPT]
    names = names_of(db, b, kept)
    return {
        "n_moved": len(moved),
        "moved": [_move(m, names, by_lea) for m in kept],
        "new": new,
        "gone": gone,
        "reasons": [*_others(submissions), *reasons],
    }


def _others(submissions: Sequence[SubmissionBetween]) -> list[str]:
    n = sum(s.counts for s in submissions)
    return [f"{counted(n, 'submission')} of other LEAs"] if n else []


def _move(
    moved: Moved, names: Mapping[tuple[str, str], str], by_lea: Mapping[str, list[SubmissionBetween]]
) -> dict[str, Any]:
    figure = moved.figure
    behind = behind_a_move(moved.leas, moved.school_year, by_lea)
    return {
        "title": figure.title,
        "mart": figure.mart,
        "figure": figure.figure,
        "unit": figure.unit,
        "by": figure.by,
        "id": moved.id,
        "name": names.get((figure.by, moved.id), ""),
        "span": moved.span,
        "before": moved.before,
        "after": moved.after,
        "leas": list(moved.leas),
        "submissions": [s.submission_id for s in behind],
    }


def names_of(db: duckdb.DuckDBPyConnection, side: Side, moved: Sequence[Moved]) -> dict[tuple[str, str], str]:
    """Names of the LEAs and practices of figures, by kind and ID, as far as the release has them."""
    names: dict[tuple[str, str], str] = {}
    for by in sorted({m.figure.by for m in moved}):
        mart, code, title = NAMES[by]
        if {code, title} <= set(side.types(mart)):
            rows = db.execute(f"select {code}, {title} from {side.rows_of(mart)}").fetchall()
            names |= {(by, str(c)): str(t) for c, t in rows if t is not None}
    return names


def _named(side: Side) -> dict[str, str]:
    contract = side.dictionary["release"].get("contract") or {}
    return {
        "release_id": side.release_id,
        "as_of": side.as_of.isoformat(),
        "contract": str(contract.get("version", "")),
    }


def plain(value: dict[str, Any]) -> dict[str, Any]:
    """A row as JSON holds it: times as ISO text."""
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in value.items()}
