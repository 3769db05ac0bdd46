"""What a condition of a query says plainly: which columns are equal, and which are certain texts."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp


def conjuncts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    """The parts of a condition that must all hold."""
    if condition is None:
        return
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from conjuncts(condition.left)
        yield from conjuncts(condition.right)
    else:
        yield condition


def equalities(
    condition: exp.Expr | None,
) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Pairs of columns, each as (source, column), that must be equal."""
    for c in conjuncts(condition):
        if isinstance(c, exp.EQ) and isinstance(c.left, exp.Column) and isinstance(c.right, exp.Column):
            yield (c.left.table, c.left.name), (c.right.table, c.right.name)


def texts(condition: exp.Expr | None) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Columns that must be one of some texts."""
    for c in conjuncts(condition):
        if isinstance(c, exp.EQ):
            for column, text in ((c.left, c.right), (c.right, c.left)):
                if isinstance(column, exp.Column) and isinstance(text, exp.Literal) and text.is_string:
                    yield column.table, column.name, frozenset({text.name})
        elif isinstance(c, exp.In) and isinstance(c.this, exp.Column) and c.expressions:
            values = [e.name for e in c.expressions if isinstance(e, exp.Literal) and e.is_string]
            if len(values) == len(c.expressions):
                yield c.this.table, c.this.name, frozenset(values)


def text_of(expression: exp.Expr) -> str | None:
    """The text that an expression always is; None where it is none."""
    while isinstance(expression, exp.Paren) or (
        isinstance(expression, exp.Cast) and expression.is_type(*exp.DataType.TEXT_TYPES)
    ):
        expression = expression.this
    return expression.name if isinstance(expression, exp.Literal) and expression.is_string else None
