"""The whole trace of a figure: what it is, the models on the way, the cells, and what else it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from orchestration import storage
from orchestration.release.manifest import MANIFEST
from orchestration.settings import Settings
from orchestration.trace.build import build_of
from orchestration.trace.cells import Cell, cells_of
from orchestration.trace.figure import Figure, find_figure
from orchestration.trace.models import Models
from orchestration.trace.walk import Way, condition_sql, walk

POLICY = "lake.policy"


@dataclass(frozen=True)
class Step:
    """A model or code set on the way, and what it is."""

    relation: str
    kind: str
    description: str


@dataclass(frozen=True)
class Setting:
    """A value of the policy that the figure rests on."""

    parameter: str
    value: str
    from_year: str
    until_year: str | None
    citation: str
    confirmed: bool


@dataclass(frozen=True)
class Trace:
    """Where a figure comes from.

    Args:
        release_id: the release that holds the figure.
        as_of: the release's time, as text.
        figure: the figure.
        steps: models and code sets on the way, the mart first.
        cells: every cell whose change would change the figure.
        present: by table, rows that count only by being there (who reported what, and when).
        settings: values of the policy on the way.
        methods: whether the state's methods of awarding (allocation.yaml) are on the way.
        unread: models whose SQL could not be read: everything they read is in the trace.
        made_again: whether the release's night was made again for it.
    """

    release_id: str
    as_of: str
    figure: Figure
    steps: tuple[Step, ...]
    cells: tuple[Cell, ...]
    present: dict[str, int]
    settings: tuple[Setting, ...]
    methods: bool
    unread: tuple[str, ...]
    made_again: bool


def trace(
    settings: Settings,
    release_id: str,
    mart: str,
    key: dict[str, str],
    column: str | None,
    progress: Callable[[str], None] = lambda _: None,
) -> Trace:
    """Trace one row of a mart of a release, or one column of it, to the cells it comes from.

    Raises:
        ConfigError: no such mart, column or row.
        BadDataError: the release's build is gone and cannot be made again.
    """
    release = settings.releases / release_id
    figure = find_figure(release, mart, key, column)
    manifest = storage.read_json(release / MANIFEST)
    with build_of(settings, manifest, mart, progress) as build:
        models = Models(build.manifest, build.connection)
        # the row by its whole key, however little of it was enough to find it
        known = {*models.by_relation[f"marts.{mart}"].key, *key}
        where = {c: frozenset({v}) for c, v in figure.row.items() if v is not None and c in known}
        way = walk(models, build.connection, f"marts.{mart}", frozenset(figure.columns), where)
        cells, present = cells_of(build.connection, way.asked)
        return Trace(
            release_id=release_id,
            as_of=manifest["as_of"],
            figure=figure,
            steps=_steps(models, way),
            cells=tuple(cells),
            present=present,
            settings=_settings(build.connection, way),
            methods=any(r.startswith("lake.allocation__") for r in way.asked),
            unread=way.unread,
            made_again=build.made_again,
        )


def _steps(models: Models, way: Way) -> tuple[Step, ...]:
    return tuple(
        Step(r, models.by_relation[r].kind, models.by_relation[r].description)
        for r in way.models
        if not r.startswith(("lake.", "staging."))
    )


def _settings(connection: duckdb.DuckDBPyConnection, way: Way) -> tuple[Setting, ...]:
    conditions = [
        condition_sql({c: v for c, v in a.where.items() if c == "parameter"})
        for a in way.asked.get(POLICY, ())
    ]
    if not conditions:
        return ()
    either = " or ".join(f"({c})" for c in sorted(set(conditions)))
    rows = connection.execute(
        f"select parameter, value, from_year, until_year, citation, confirmed from {POLICY} "
        f"where {either} order by all"
    ).fetchall()
    return tuple(Setting(*r) for r in rows)
