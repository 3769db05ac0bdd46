"""From some columns of some rows of a mart back to the lake: what each model on the way is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from orchestration.content import literal, quoted
from orchestration.trace.asked import Asked, together
from orchestration.trace.influence import influences
from orchestration.trace.joins import UnreadableQueryError
from orchestration.trace.models import Models

MOST_VALUES = 5_000  # of one column in one condition; beyond them the column narrows nothing


@dataclass(frozen=True)
class Way:
    """What a figure comes from.

    Args:
        models: relations on the way, the mart first, each before what it reads.
        asked: by lake table, seed or other source what matters of it.
        unread: models whose SQL could not be read; all of what they read is in the trace.
    """

    models: tuple[str, ...]
    asked: Mapping[str, list[Asked]]
    unread: tuple[str, ...]


def walk(
    models: Models,
    connection: duckdb.DuckDBPyConnection,
    mart: str,
    columns: frozenset[str],
    where: Mapping[str, frozenset[str]],
) -> Way:
    """Follow the columns of a mart's rows back to what was received.

    Args:
        models: the build's models.
        connection: the build file.
        mart: its name with its schema.
        columns: the columns asked for.
        where: by column of the mart the values (as text) of the rows asked for.
    """
    open_: dict[str, list[Asked]] = defaultdict(list)
    open_[mart].append(Asked(mart, columns, where))
    known: dict[str, frozenset[str] | None] = {}

    def values(
        source: str, column: str, condition: Mapping[str, frozenset[str]], own: str
    ) -> frozenset[str] | None:
        return _values(connection, known, source, column, f"{condition_sql(condition)} and {own}")

    way, ends, unread = [], {}, []
    for relation in models.last_first():
        if relation not in open_:
            continue
        asked = together(open_[relation])
        model = models.by_relation[relation]
        way.append(relation)
        if model.kind != "model":
            ends[relation] = asked
            continue
        found: list[Asked] = []
        try:
            scope = models.scope(relation)
            if scope is None:
                raise UnreadableQueryError(relation)
            for a in asked:
                found += influences(scope, a.columns, dict(a.where), values)
        except UnreadableQueryError:
            unread.append(relation)
            found = [Asked(i, frozenset(models.columns[i]), {}) for i in model.inputs]
        for a in found:
            open_[a.relation].append(a)
    return Way(tuple(way), ends, tuple(unread))


def condition_sql(where: Mapping[str, frozenset[str]]) -> str:
    """A condition on rows as SQL; every value is compared as text."""
    parts = [
        f"cast({quoted(c)} as varchar) in ({', '.join(literal(v) for v in sorted(values))})"
        if values
        else "false"
        for c, values in sorted(where.items())
    ]
    return " and ".join(parts) or "true"


def _values(
    connection: duckdb.DuckDBPyConnection,
    known: dict[str, frozenset[str] | None],
    source: str,
    column: str,
    condition: str,
) -> frozenset[str] | None:
    sql = (
        f"select distinct cast({quoted(column)} as varchar) from {source} as held "
        f"where {condition} and {quoted(column)} is not null limit {MOST_VALUES + 1}"
    )
    if sql not in known:
        found = connection.execute(sql).fetchall()
        known[sql] = frozenset(str(r[0]) for r in found) if len(found) <= MOST_VALUES else None
    return known[sql]
