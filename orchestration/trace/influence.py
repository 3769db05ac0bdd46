"""What of its inputs a model's query makes certain columns of certain rows from, read off its SQL.

Columns: those that the wanted outputs are made from, and every one that decides which rows there are (in
conditions of joins and filters, in groups, in windows). Rows: a condition on an output is carried to an input
only where the query hands the column on unchanged, and groups and windows keep such rows together; from there
over equalities of joins. What cannot be carried is left out, which widens the trace and never narrows it.

A join also narrows by what the other side holds now (`Values`). That is sound for the change of one cell: the
other side's own cells are in the trace by themselves, and while they stay, no other row can join. Sides are
narrowed one after the other, never in a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from orchestration.trace.asked import Asked

Where = dict[str, frozenset[str]]
# distinct values of a column of a source (by its SQL) in rows that fulfil a condition; None: too many to tell
Values = Callable[[str, str, Mapping[str, frozenset[str]]], frozenset[str] | None]


class UnreadableQueryError(Exception):
    """The query holds something that this reading does not know."""


@dataclass(frozen=True)
class _Edge:
    """An equality between a column of one source and one of another, and which way a condition may go."""

    source: str
    column: str
    to: str
    to_column: str
    of_present: bool  # only from rows that an output cannot be without


@dataclass
class _Sources:
    """The sources of one SELECT: what is known of the rows of each that matter."""

    where: dict[str, Where]
    present: set[str] = field(default_factory=set)  # those without whose row there is no wanted output

    def add(self, source: str, column: str, values: frozenset[str]) -> bool:
        """Lay a condition over what is known; whether that changed anything."""
        known = self.where[source].get(column)
        new = values if known is None else known & values
        self.where[source][column] = new
        return new != known


def influences(scope: Scope, columns: frozenset[str], where: Where, values: Values) -> list[Asked]:
    """What is asked of the tables that a query reads, for these columns of these of its rows.

    Args:
        scope: the query's root scope, its columns qualified and its stars expanded.
        columns: the wanted columns.
        where: condition on the rows that are wanted.
        values: tells what a source holds now.

    Raises:
        UnreadableQueryError: the query cannot be read.
    """
    return list(_visit(scope, columns, where, values, ()))


def _visit(
    scope: Scope, columns: frozenset[str], where: Where, values: Values, above: tuple[int, ...]
) -> Iterator[Asked]:
    if id(scope) in above:
        return  # a recursive query asks itself; what it starts from was asked with everything
    above = (*above, id(scope))
    query = scope.expression
    if isinstance(query, exp.SetOperation):
        yield from _visit_set(scope, query, columns, where, values, above)
    elif isinstance(query, exp.Select):
        yield from _visit_select(scope, query, columns, where, values, above)
    elif isinstance(query, exp.Subquery) and len(_selected(scope)) == 1:
        (inner,) = _selected(scope).values()
        yield from _ask(inner, columns, where, values, above)
    else:
        raise UnreadableQueryError(type(query).__name__)


def _visit_set(
    scope: Scope,
    query: exp.SetOperation,
    columns: frozenset[str],
    where: Where,
    values: Values,
    above: tuple[int, ...],
) -> Iterator[Asked]:
    names = query.named_selects
    if _is_recursive(scope):
        columns, where = frozenset(names), {}
    if not isinstance(query, exp.Union) or query.args.get("distinct"):
        columns = frozenset(names)
    for part in scope.set_operation_scopes:
        own = part.expression.named_selects
        if len(own) != len(names):
            raise UnreadableQueryError("the parts of a union have different columns")
        renamed = dict(zip(names, own, strict=True))
        yield from _visit(
            part,
            frozenset(renamed[c] for c in columns),
            {renamed[c]: v for c, v in where.items()},
            values,
            above,
        )


def _is_recursive(scope: Scope) -> bool:
    with_ = scope.expression.find_ancestor(exp.With)
    return bool(with_ is not None and with_.recursive)


def _visit_select(
    scope: Scope,
    query: exp.Select,
    columns: frozenset[str],
    where: Where,
    values: Values,
    above: tuple[int, ...],
) -> Iterator[Asked]:
    outputs = {e.alias_or_name: e.unalias() for e in query.selects}
    if missing := (set(columns) | set(where)) - set(outputs):
        raise UnreadableQueryError(f"no output {sorted(missing)}")
    if query.args.get("distinct") or (query.args.get("group") and query.args["group"].args.get("all")):
        columns = frozenset(outputs)
    wanted = [outputs[c] for c in sorted({*columns, *where})]
    constant = {c: _literal(outputs[c]) for c in where}
    if any(c in constant and constant[c] is not None and constant[c] not in where[c] for c in where):
        return  # these rows are never those asked for: another branch of a union
    if any(isinstance(outputs[c], exp.Null) for c in where):
        return
    if query.args.get("laterals") or query.args.get("limit"):
        raise UnreadableQueryError("a lateral join or a limit")
    sources = _Sources({name: {} for name in _selected(scope)})
    _carry_down(query, wanted, outputs, where, sources)
    edges = _edges(query, sources)
    _close(edges, sources)
    _narrow_by_values(scope, query, edges, sources, values)
    used = _used_columns(scope, query, wanted)
    for name, source in _selected(scope).items():
        yield from _ask(source, frozenset(used[name]), sources.where[name], values, above)
    for inner in scope.subquery_scopes:  # in conditions: all of what they read
        yield from _visit(inner, frozenset(inner.expression.named_selects), {}, values, above)


def _selected(scope: Scope) -> dict[str, exp.Expression | Scope]:
    """What the query itself reads, by alias."""
    return {name: source for name, (_, source) in scope.selected_sources.items()}


def _ask(
    source: exp.Expression | Scope, columns: frozenset[str], where: Where, values: Values, above: tuple[int, ...]
) -> Iterator[Asked]:
    if isinstance(source, Scope):
        yield from _visit(source, columns, where, values, above)
    elif isinstance(source, exp.Table):
        yield Asked(f"{source.db}.{source.name}", columns, where)
    else:
        raise UnreadableQueryError(type(source).__name__)


def _carry_down(
    query: exp.Select,
    wanted: list[exp.Expression],
    outputs: Mapping[str, exp.Expression],
    where: Where,
    sources: _Sources,
) -> None:
    """Carry the condition on outputs to the sources whose columns are handed on unchanged."""
    windows = [w for e in wanted for w in e.find_all(exp.Window)]
    groups = query.args["group"].expressions if query.args.get("group") else None
    for name, values in where.items():
        column = outputs[name]
        if groups is None and not windows and isinstance(column, exp.Coalesce):
            for side in _joined_on(query, column):  # of either side, whichever row there is, it is the value
                if side.table in sources.where:
                    sources.add(side.table, side.name, values)
            continue
        if not isinstance(column, exp.Column) or column.table not in sources.where:
            continue
        if groups is not None and column not in groups:
            continue
        if all(column in _partition(query, w) for w in windows):
            sources.add(column.table, column.name, values)
            sources.present.add(column.table)


def _partition(query: exp.Select, window: exp.Window) -> list[exp.Expression]:
    """What a window's rows are kept together by; of a named window, what its definition says."""
    named = window.args.get("alias")
    if named is None:
        return list(window.args.get("partition_by") or ())
    for defined in query.args.get("windows") or ():
        if defined.name == named.name:
            return list(defined.args.get("partition_by") or ())
    return []


def _joined_on(query: exp.Select, coalesce: exp.Coalesce) -> list[exp.Column]:
    """The two columns of a coalesce that a join equates; none where they are anything else."""
    sides = [coalesce.this, *coalesce.expressions]
    if len(sides) != 2 or not all(isinstance(s, exp.Column) for s in sides):
        return []
    pair = {(s.table, s.name) for s in sides}
    for join in query.args.get("joins") or ():
        if any({a, b} == pair for a, b in _equalities(join.args.get("on"))):
            return sides
    return []


def _edges(query: exp.Select, sources: _Sources) -> list[_Edge]:
    """The equalities between sources; conditions with a text are laid on at once."""
    from_ = query.args.get("from_") or query.args.get("from")
    sides = {j.alias_or_name: (j.side or "").upper() for j in query.args.get("joins") or ()}
    if "RIGHT" in sides.values():
        raise UnreadableQueryError("a right join")
    full = "FULL" in sides.values()
    if from_ is not None and not full:
        sources.present.add(from_.this.alias_or_name)
    edges: list[_Edge] = []
    for join in query.args.get("joins") or ():
        if join.args.get("using"):
            raise UnreadableQueryError("a join by using")
        name, side = join.alias_or_name, sides[join.alias_or_name]
        if side == "" and not full:
            sources.present.add(name)
        for (a, x), (b, y) in _equalities(join.args.get("on")):
            if name not in (a, b):
                continue
            (a, x), (b, y) = ((a, x), (b, y)) if b == name else ((b, y), (a, x))
            edges.append(_Edge(a, x, b, y, of_present=side == "FULL"))
            edges.append(_Edge(b, y, a, x, of_present=side != ""))
        if side in ("", "LEFT"):
            for source, column, values in _texts(join.args.get("on")):
                if side == "" and not full and source in sources.present:
                    sources.add(source, column, values)
                elif source == name:
                    sources.add(source, column, values)
    where = query.args.get("where")
    for (a, x), (b, y) in _equalities(where.this if where else None):
        edges += [_Edge(a, x, b, y, of_present=False), _Edge(b, y, a, x, of_present=False)]
    for source, column, values in _texts(where.this if where else None):
        if source in sources.where:
            sources.add(source, column, values)
            sources.present.add(source)
    return [e for e in edges if e.source in sources.where and e.to in sources.where]


def _goes(edge: _Edge, sources: _Sources) -> bool:
    return not edge.of_present or edge.source in sources.present


def _close(edges: list[_Edge], sources: _Sources) -> None:
    """Carry values over equalities until nothing changes: what equals one of them is one of them."""
    changed = True
    while changed:
        changed = False
        for e in edges:
            if _goes(e, sources) and e.column in sources.where[e.source]:
                changed |= sources.add(e.to, e.to_column, sources.where[e.source][e.column])


def _narrow_by_values(
    scope: Scope, query: exp.Select, edges: list[_Edge], sources: _Sources, values: Values
) -> None:
    """Narrow each source by what those before it hold; rows as they were sent come last."""
    ordered = sorted(sources.where, key=lambda n: (not sources.where[n], _is_as_sent(_selected(scope)[n])))
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
                held = values(_sql_of(scope, e.source), e.column, sources.where[e.source])
                if held is not None:
                    sources.add(name, e.to_column, held)
        done.append(name)


def _is_as_sent(source: object) -> bool:
    return isinstance(source, exp.Table) and source.db in ("staging", "lake")


def _sql_of(scope: Scope, name: str) -> str:
    """A source as SQL that stands alone: a table, or a query with what it is named over."""
    source = _selected(scope)[name]
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


def _used_columns(scope: Scope, query: exp.Select, wanted: list[exp.Expression]) -> dict[str, set[str]]:
    """By source the columns that the wanted outputs are made from, or that decide which rows there are."""
    used: dict[str, set[str]] = {name: set() for name in _selected(scope)}
    decisive = [query.args.get(k) for k in ("where", "group", "having", "qualify", "distinct")]
    decisive += [j.args.get("on") for j in query.args.get("joins") or ()]
    decisive += query.args.get("windows") or ()
    for part in [*wanted, *(d for d in decisive if d is not None)]:
        for column in part.find_all(exp.Column):
            if column.table in used:
                used[column.table].add(column.name)
            elif not column.table:
                raise UnreadableQueryError(f"the column {column.name} is of no table")
    return used


def _conjuncts(condition: exp.Expression | None) -> Iterator[exp.Expression]:
    if condition is None:
        return
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.left)
        yield from _conjuncts(condition.right)
    else:
        yield condition


def _equalities(
    condition: exp.Expression | None,
) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    for c in _conjuncts(condition):
        if isinstance(c, exp.EQ) and isinstance(c.left, exp.Column) and isinstance(c.right, exp.Column):
            yield (c.left.table, c.left.name), (c.right.table, c.right.name)


def _texts(condition: exp.Expression | None) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Columns that must be one of some texts."""
    for c in _conjuncts(condition):
        if isinstance(c, exp.EQ):
            for column, text in ((c.left, c.right), (c.right, c.left)):
                if isinstance(column, exp.Column) and isinstance(text, exp.Literal) and text.is_string:
                    yield column.table, column.name, frozenset({text.name})
        elif isinstance(c, exp.In) and isinstance(c.this, exp.Column) and c.expressions:
            if all(isinstance(e, exp.Literal) and e.is_string for e in c.expressions):
                yield c.this.table, c.this.name, frozenset(e.name for e in c.expressions)


def _literal(expression: exp.Expression) -> str | None:
    while isinstance(expression, exp.Cast | exp.Paren):
        expression = expression.this
    return expression.name if isinstance(expression, exp.Literal) and expression.is_string else None
