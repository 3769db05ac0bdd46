"""What of its inputs a model's query makes certain columns of certain rows from, read off its SQL.

Columns: those that the wanted outputs are made from, and every one that decides which rows there are (in
conditions of joins and filters, in groups, in windows). Rows: a condition on an output is carried to an input
only where the query hands the column on unchanged, and groups and windows keep such rows together; from there
over equalities of joins. What cannot be carried is left out, which widens the trace and never narrows it. How joins
narrow is `joins`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from orchestration.trace.asked import Asked
from orchestration.trace.conditions import text_of
from orchestration.trace.joins import (
    Sources,
    UnreadableQueryError,
    Values,
    Where,
    close,
    edges_of,
    joined_on,
    narrow_by_values,
    selected,
)


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
    elif isinstance(query, exp.Subquery) and len(selected(scope)) == 1:
        (inner,) = selected(scope).values()
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
        own = _names(part)
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


def _names(scope: Scope) -> list[str]:
    query = scope.expression
    if not isinstance(query, exp.Query):
        raise UnreadableQueryError(type(query).__name__)
    return query.named_selects


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
    constant = {c: text_of(outputs[c]) for c in where}
    if any(c in constant and constant[c] is not None and constant[c] not in where[c] for c in where):
        return  # these rows are never those asked for: another branch of a union
    if any(isinstance(outputs[c], exp.Null) for c in where):
        return
    _refuse_unknown(query)
    sources = Sources({name: {} for name in selected(scope)})
    _carry_down(query, wanted, outputs, where, sources)
    edges = edges_of(query, sources)
    close(edges, sources)
    narrow_by_values(scope, query, edges, sources, values)
    used = _used_columns(scope, query, wanted)
    for name, source in selected(scope).items():
        yield from _ask(source, frozenset(used[name]), sources.where[name], values, above)
    for inner in scope.subquery_scopes:  # in conditions: all of what they read
        yield from _visit(inner, frozenset(_names(inner)), {}, values, above)


def _refuse_unknown(query: exp.Select) -> None:
    """Raise for what would need rules of its own; a model with it is traced through all that it reads."""
    for part in ("laterals", "limit", "offset", "qualify", "pivots", "sample"):
        if query.args.get(part):
            raise UnreadableQueryError(part)
    distinct, group = query.args.get("distinct"), query.args.get("group")
    if distinct is not None and distinct.args.get("on"):
        raise UnreadableQueryError("distinct on")
    if group is not None and group.find(exp.Rollup, exp.Cube, exp.GroupingSets) is not None:
        raise UnreadableQueryError("grouping sets")
    for join in query.args.get("joins") or ():
        if (join.kind or "").upper() not in ("", "INNER", "OUTER", "CROSS") or join.args.get("method"):
            raise UnreadableQueryError(f"a join of the kind {join.kind or join.args['method']}")


def _ask(
    source: exp.Expr | Scope,
    columns: frozenset[str],
    where: Where,
    values: Values,
    above: tuple[int, ...],
) -> Iterator[Asked]:
    if isinstance(source, Scope):
        yield from _visit(source, columns, where, values, above)
    elif isinstance(source, exp.Table):
        yield Asked(f"{source.db}.{source.name}", columns, where)
    else:
        raise UnreadableQueryError(type(source).__name__)


def _carry_down(
    query: exp.Select,
    wanted: list[exp.Expr],
    outputs: Mapping[str, exp.Expr],
    where: Where,
    sources: Sources,
) -> None:
    """Carry the condition on outputs to the sources whose columns are handed on unchanged."""
    windows = [w for e in wanted for w in e.find_all(exp.Window)]
    groups = query.args["group"].expressions if query.args.get("group") else None
    for name, values in where.items():
        column = outputs[name]
        if groups is None and not windows and isinstance(column, exp.Coalesce):
            for side in joined_on(query, column):  # of either side, whichever row there is, it is the value
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


def _partition(query: exp.Select, window: exp.Window) -> list[exp.Expr]:
    """What a window's rows are kept together by; of a named window, what its definition says."""
    named = window.args.get("alias")
    if named is None:
        return list(window.args.get("partition_by") or ())
    for defined in query.args.get("windows") or ():
        if defined.name == named.name:
            return list(defined.args.get("partition_by") or ())
    return []


def _used_columns(scope: Scope, query: exp.Select, wanted: list[exp.Expr]) -> dict[str, set[str]]:
    """By source the columns that the wanted outputs are made from, or that decide which rows there are."""
    used: dict[str, set[str]] = {name: set() for name in selected(scope)}
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
