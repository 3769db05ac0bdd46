"""What is asked of a relation: some of its columns, in the rows that hold certain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_PER_RELATION = 8  # more ways than that into one relation are taken together, which can only widen them


@dataclass(frozen=True)
class Asked:
    """Columns of a relation, in the rows whose values are among those.

    Args:
        relation: its name with its schema, as `marts.dim_period`.
        columns: the columns that matter.
        where: by column the values (as text) that a row must hold to matter; all of them must hold.
    """

    relation: str
    columns: frozenset[str]
    where: Mapping[str, frozenset[str]]

    @property
    def rows(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """The condition on rows, comparable."""
        return tuple(sorted(self.where.items()))


def together(asked: Iterable[Asked]) -> list[Asked]:
    """The same asked once: equal conditions share their columns; too many are taken together."""
    by_rows: dict[tuple[tuple[str, frozenset[str]], ...], set[str]] = {}
    relation = ""
    for a in asked:
        relation = a.relation
        by_rows.setdefault(a.rows, set()).update(a.columns)
    if len(by_rows) <= MOST_PER_RELATION:
        return [Asked(relation, frozenset(c), dict(rows)) for rows, c in by_rows.items()]
    shared = set.intersection(*({name for name, _ in rows} for rows in by_rows))
    where = {
        name: frozenset().union(*(values for rows in by_rows for n, values in rows if n == name))
        for name in sorted(shared)
    }
    return [Asked(relation, frozenset().union(*by_rows.values()), where)]
