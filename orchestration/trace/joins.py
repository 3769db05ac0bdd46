"""The sources of one SELECT, and how conditions on the rows of one tell which rows of another can matter.

A join narrows a source by what another holds now (`Values`). That is sound for the change of one cell: the
other source's own cells are in the trace by themselves, and while they stay, no other row can join. Sources
are narrowed one after the other, never in a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from orchestration.trace.conditions import conjuncts, equalities, texts

Where = dict[str, frozenset[str]]
# distinct values of a column of a source (by its SQL) in rows that fulfil a condition and the query's own of it
# (as SQL, columns of `held`); None: too many to tell
Values = Callable[[str, str, Mapping[str, frozenset[str]], str], frozenset[str] | None]


class UnreadableQueryError(Exception):
    """The query holds something that this reading does not know."""


@dataclass(frozen=True)
class Edge:
    """An equality between a column of one source and one of another, and which way a condition may go."""

    source: str
    column: str
    to: str
    to_column: str
    of_present: bool  # only from rows that an output cannot be without


@dataclass
class Sources:
    """The sources of one SELECT: what is known of the rows of each that matter."""

    where: dict[str, Where]
    present: set[str] = field(default_factory=set)  # those without whose row there is no wanted output

    def add(self, source: str, column: str, values: frozenset[str]) -> bool:
        """Lay a condition over what is known; whether that changed anything."""
        known = self.where[source].get(column)
        new = values if known is None else known & values
        self.where[source][column] = new
        return new != known


def selected(scope: Scope) -> dict[str, exp.Expr | Scope]:
    """What the query itself reads, by alias."""
    return {name: source for name, (_, source) in scope.selected_sources.items()}


def joined_on(query: exp.Select, coalesce: exp.Coalesce) -> list[exp.Column]:
    """The two columns of a coalesce that a join equates; none where they are anything else."""
    sides = [coalesce.this, *coalesce.expressions]
    if len(sides) != 2 or not all(isinstance(s, exp.Column) for s in sides):
        return []
    pair = {(s.table, s.name) for s in sides}
    for join in query.args.get("joins") or ():
        if any({a, b} == pair for a, b in equalities(join.args.get("on"))):
            return sides
    return []


def edges_of(query: exp.Select, sources: Sources) -> list[Edge]:
    """The equalities between sources; conditions with a text are laid on at once."""
    from_ = query.args.get("from_") or query.args.get("from")
    sides = {j.alias_or_name: (j.side or "").upper() for j in query.args.get("joins") or ()}
    if "RIGHT" in sides.values():
        raise UnreadableQueryError("a right join")
    full = "FULL" in sides.values()
    if from_ is not None and not full:
        sources.present.add(from_.this.alias_or_name)
    edges: list[Edge] = []
    for join in query.args.get("joins") or ():
        if join.args.get("using"):
            raise UnreadableQueryError("a join by using")
        name, side = join.alias_or_name, sides[join.alias_or_name]
        if side == "" and not full:
            sources.present.add(name)
        for (a, x), (b, y) in equalities(join.args.get("on")):
            if name not in (a, b):
                continue
            (a, x), (b, y) = ((a, x), (b, y)) if b == name else ((b, y), (a, x))
            edges.append(Edge(a, x, b, y, of_present=side == "FULL"))
            edges.append(Edge(b, y, a, x, of_present=side != ""))
        if side in ("", "LEFT"):
            for source, column, values in texts(join.args.get("on")):
                if (side == "" and not full and source in sources.present) or source == name:
                    sources.add(source, column, values)
    where = query.args.get("where")
    for (a, x), (b, y) in equalities(where.this if where else None):
        edges += [Edge(a, x, b, y, of_present=False), Edge(b, y, a, x, of_present=False)]
    for source, column, values in texts(where.this if where else None):
        if source in sources.where:
            sources.add(source, column, values)
            sources.present.add(source)
    return [e for e in edges if e.source in sources.where and e.to in sources.where]


def _goes(edge: Edge, sources: Sources) -> bool:
    return not edge.of_present or edge.source in sources.present


def close(edges: list[Edge], sources: Sources) -> None:
    """Carry values over equalities until nothing changes: what equals one of them is one of them."""
    changed = True
    while changed:
        changed = False
        for e in edges:
            if _goes(e, sources) and e.column in sources.where[e.source]:
                changed |= sources.add(e.to, e.to_column, sources.where[e.source][e.column])


def narrow_by_values(
    scope: Scope, query: exp.Select, edges: list[Edge], sources: Sources, values: Values
) -> None:
    """Narrow each source by what those before it hold: first the one of which most is known, rows as sent last."""

    def place(name: str) -> tuple[bool, bool, int]:
        known = sources.where[name]
        return not known, _is_as_sent(selected(scope)[name]), -len(known)

    ordered = sorted(sources.where, key=place)
    done: list[str] = []
    while ordered:
        # the first that anything is known of, or that one done before can tell of
        told = {e.to for e in edges if e.source in done and _goes(e, sources)}
        name = next((n for n in ordered if sources.where[n] or n in told), ordered[0])
        ordered.remove(name)
        for e in edges:
            if e.to == name and e.source in done and _goes(e, sources) and sources.where[e.source]:
                if e.column in sources.where[e.source]:
                    continue  # carried already
                held = values(
                    _sql_of(scope, e.source), e.column, sources.where[e.source], _own(query, e.source)
                )
                if held is not None:
                    sources.add(name, e.to_column, held)
        done.append(name)


def _is_as_sent(source: object) -> bool:
    return isinstance(source, exp.Table) and source.db in ("staging", "lake")


def _sql_of(scope: Scope, name: str) -> str:
    """A source as SQL that stands alone: a table, or a query with what it is named over."""
    source = selected(scope)[name]
    if isinstance(source, exp.Table):
        return f'"{source.db}"."{source.name}"'
    root = scope
    while root.parent is not None:
        root = root.parent
    with_ = root.expression.args.get("with_") or root.expression.args.get("with")
    query = source.expression.copy()
    for key in ("with_", "with"):
        if query.args.get(key) is not None:
            return f"({query.sql('duckdb')})"
    names = with_.sql("duckdb") + " " if with_ is not None else ""
    return f"({names}{query.sql('duckdb')})"


def _own(query: exp.Select, name: str) -> str:
    """What the query's filter says of one source alone, of its rows under the name `held`."""
    where = query.args.get("where")
    parts = []
    for c in conjuncts(where.this if where else None):
        columns = list(c.find_all(exp.Column))
        if columns and all(x.table == name for x in columns) and not c.find(exp.Select):
            renamed = c.copy()
            for x in renamed.find_all(exp.Column):
                x.set("table", exp.to_identifier("held"))
            parts.append(f"({renamed.sql('duckdb')})")
    return " and ".join(parts) or "true"
