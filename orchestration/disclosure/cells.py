"""A candidate's cells: each row of a mart with a public figure is one, numbered, with what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from orchestration.content import MARTS, literal, quoted
from orchestration.disclosure.declaration import POLICY, Figure, PublicMart, Rows
from orchestration.errors import BadDataError

POLICY_YEARS = f"intermediate.{POLICY}"
SPAN = "hidden_span"  # policy key: over how many whole numbers a hidden count must be able to lie
EXTREMES = "extreme_rates"  # policy key: whether figures that say the same of everybody are hidden


@dataclass(frozen=True)
class Cells:
    """Cells of all marts, numbered from 0 mart by mart in the order of their keys.

    Args:
        of: by mart its first cell and the number after its last.
        must_hide: bool per cell: too few persons, withheld, or extreme.
        outside: bool per cell: rows with a figure that the public mart leaves out.
        low: fewest persons that whoever knows why the cell is hidden can think of.
        high: most persons, np.inf where there is no most.
        weight: persons that are lost to the reader where it is hidden; 0 where not known.
    """

    of: Mapping[str, tuple[int, int]]
    must_hide: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    weight: NDArray[np.float64]


def table_of(mart: str) -> str:
    """Name of the temporary table that holds a mart's cells."""
    return quoted(f"cells of {mart}")


def read_cells(db: duckdb.DuckDBPyConnection, public: Mapping[str, PublicMart]) -> Cells:
    """Number the cells of every public mart with a figure; leaves a temporary table for each.

    Args:
        db: a connection whose current database is the candidate.
        public: the declarations.
    """
    of: dict[str, tuple[int, int]] = {}
    parts: list[dict[str, Any]] = []
    first = 0
    for name, mart in sorted(public.items()):
        if mart.figure is None:
            continue
        db.execute(f"create or replace temp table {table_of(name)} as {_cells_of(mart, mart.figure, first)}")
        columns = db.execute(
            f"select must_hide, outside, low, high, weight from {table_of(name)} order by cell"
        ).fetchnumpy()
        parts.append(columns)
        of[name] = (first, first + len(columns["must_hide"]))
        first = of[name][1]

    def joined(column: str, kind: Any) -> Any:
        arrays = [np.ma.filled(p[column], np.nan if kind is np.float64 else False) for p in parts]
        return np.concatenate([a.astype(kind) for a in arrays]) if arrays else np.zeros(0, kind)

    return Cells(
        of=of,
        must_hide=joined("must_hide", np.bool_),
        outside=joined("outside", np.bool_),
        low=joined("low", np.float64),
        high=joined("high", np.float64),
        weight=joined("weight", np.float64),
    )


def hidden_span(db: duckdb.DuckDBPyConnection) -> int:
    """The policy's span, the largest of any year.

    Raises:
        BadDataError: the policy has none.
    """
    row = db.execute(
        f"select max(number_value) from {POLICY_YEARS} where parameter = ? and number_value >= 1", [SPAN]
    ).fetchone()
    if row is None or row[0] is None:
        raise BadDataError(
            f"the policy has no {SPAN}, so nobody can say when a hidden number is safe; "
            "add it to policy.yaml (docs/public.md)"
        )
    return int(row[0])


def condition(rows: Rows, alias: str = "") -> str:
    """A declared choice of rows as SQL; a null column is among no values, and neither same nor different."""
    at = f"{alias}." if alias else ""
    choices = [
        " and ".join(f"{at}{quoted(c)} in ({', '.join(map(_value, values))})" for c, values in choice.items())
        for choice in rows.among
    ]
    tests = [f"({' or '.join(choices)})"] if choices else []
    for (one, other), sign in ((p, s) for p, s in ((rows.same, "="), (rows.differ, "<>")) if p):
        tests.append(f"{at}{quoted(one)} {sign} {at}{quoted(other)}")
    return " and ".join(tests) or "true"


def _value(value: Any) -> str:
    if isinstance(value, str):
        return literal(value)
    if not isinstance(value, bool | int | float):
        raise BadDataError(
            f"{value!r} cannot stand among declared values: text, numbers and true or false can"
        )
    return str(value).lower()


def _cells_of(mart: PublicMart, figure: Figure, first: int) -> str:
    key = ", ".join(f"m.{quoted(c)}" for c in mart.key)
    n = f"cast(m.{quoted(figure.rests_on)} as double)" if figure.rests_on else "cast(null as double)"
    withheld = f"coalesce(m.{quoted(figure.withheld)}, true)" if figure.withheld else "false"
    told = " or ".join(f"m.{quoted(c)} is not null" for c in figure.columns)
    fewest, extremes, joins = "cast(null as double)", "false", ""
    small = withheld
    if figure.rests_on:
        fewest = "p.number_value"
        joins = _policy("p", figure, str(figure.fewest)) + _policy("e", figure, EXTREMES)
        small = f"({withheld} or (({told}) and coalesce({n} < {fewest} or {fewest} is null, true)))"
        if figure.extremes:
            among = " or ".join(
                f"m.{quoted(c)} in ({', '.join(map(_value, values))})"
                for c, values in figure.extremes.items()
            )
            where = condition(figure.extremes_rows, "m")
            # a year for which the policy does not say hides them
            extremes = f"coalesce(coalesce(e.value, 'hidden') <> 'told' and ({among}) and {where}, false)"
    elif figure.extremes:
        raise BadDataError(f"{mart.name}: extremes are hidden only of figures that rest on persons")
    return f"""
        with seen as (
            select m.*, {n} as "n of", {fewest} as "fewest of", {small} as "is small",
                {extremes} as "is extreme", ({told}) as "is told", {withheld} as "is withheld",
                coalesce({condition(mart.rows, "m")}, false) as "is public",
                row_number() over (order by {key}) - 1 + {first} as cell
            from {MARTS}.{quoted(mart.name)} as m {joins}
        )
        select *,
            "is public" and ("is small" or "is extreme") as must_hide,
            not "is public" and ("is told" or "is withheld") as outside,
            case when "is small" or "n of" is null then 0.0 else coalesce("fewest of", 0.0) end as low,
            case when "is small" and "fewest of" is not null and ("n of" is not null or "is withheld")
                then "fewest of" - 1 else cast('inf' as double) end as high,
            coalesce("n of", 0.0) as weight
        from seen
    """


def _policy(alias: str, figure: Figure, parameter: str) -> str:
    year = quoted(str(figure.year))
    return (
        f"left join {POLICY_YEARS} as {alias} on m.{year} = {alias}.school_year "
        f"and {alias}.parameter = {literal(parameter)} "
    )
