"""Key figures that moved between two releases, by LEA and by practice.

Which figures are key is data: `meta.key_figures` of a mart's model, carried in dictionary.json. A figure that
only the later release has (a new month) is counted, not listed; one that both have with another value moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.content import literal, quoted
from orchestration.release.changes.sides import Side


@dataclass(frozen=True)
class KeyFigure:
    """A figure that people follow.

    Args:
        mart: where it stands.
        figure: its column; `rows` counts rows instead.
        title: what it is, in words.
        unit: share (0 to 1), USD, or what is counted.
        by: lea or practice.
        id: column with the LEA's ID or the practice's code.
        span: column with the month, year or whatever else it is of.
        where: the rows that count, by column; null for an empty one.
        contributors: of a figure by practice, `where` and `lea_id`: the same figure of each LEA.
    """

    mart: str
    figure: str
    title: str
    unit: str
    by: str
    id: str
    span: str
    where: Mapping[str, Any]
    contributors: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Moved:
    """A figure with another value.

    Args:
        figure: which.
        id: the LEA or practice.
        span: the month, year …
        school_year: of the span, where the mart says so.
        before, after: the values; None where there is none.
        leas: the LEAs whose own rows moved it.
    """

    figure: KeyFigure
    id: str
    span: str
    school_year: str | None
    before: float | None
    after: float | None
    leas: tuple[str, ...]


def key_figures(dictionary: Mapping[str, Any]) -> list[KeyFigure]:
    """The key figures that a dictionary.json names, in order of their marts."""
    return [
        KeyFigure(mart=mart, **figure)
        for mart, entry in sorted(dictionary["marts"].items())
        for figure in entry.get("key_figures", ())
    ]


def figures_between(a: Side, b: Side, marts: Sequence[str]) -> list[KeyFigure]:
    """Those of the later release's key figures that can be compared: in these marts, with all their columns on both sides."""
    return [
        f
        for f in key_figures(b.dictionary)
        if f.mart in marts and _columns(f) <= set(a.types(f.mart)) & set(b.types(f.mart))
    ]


def moved_figures(
    db: duckdb.DuckDBPyConnection, a: Side, b: Side, figure: KeyFigure, year: str | None = None
) -> tuple[list[Moved], int, int]:
    """Every value of a key figure that differs.

    Args:
        db: an open connection.
        a: the earlier release.
        b: the later one.
        figure: one of `figures_between`.
        year: only of this school year.

    Returns:
        Those that moved, how many only the later release has, and how many only the earlier one has.
    """
    who, span = quoted(figure.id), quoted(figure.span)
    rows = db.execute(_differing(a, b, figure, figure.where, [who, span], year)).fetchall()
    moved = [r for r in rows if r[5] and r[6]]
    behind: dict[tuple[str, str], list[str]] = {}
    if moved and figure.by == "practice" and figure.contributors:
        lea = quoted(figure.contributors["lea_id"])
        sql = _differing(a, b, figure, figure.contributors["where"], [who, span, lea], year)
        for code, of, lea_id, *_ in db.execute(sql).fetchall():
            behind.setdefault((code, of), []).append(lea_id)
    found = [
        Moved(figure, str(r[0]), str(r[1]), r[2], r[3], r[4], _leas(figure, str(r[0]), str(r[1]), behind))
        for r in moved
    ]
    return found, sum(not r[5] for r in rows), sum(not r[6] for r in rows)


def _leas(
    figure: KeyFigure, who: str, span: str, behind: Mapping[tuple[str, str], list[str]]
) -> tuple[str, ...]:
    return (who,) if figure.by == "lea" else tuple(sorted(behind.get((who, span), ())))


def _differing(
    a: Side, b: Side, figure: KeyFigure, where: Mapping[str, Any], keys: list[str], year: str | None
) -> str:
    """SQL of the differing values: the keys, school year, before, after, and whether each side has the row."""
    sides = [_values(side, figure, where, keys, year) for side in (a, b)]
    names = [f"k{n}" for n in range(len(keys))]
    chosen = ", ".join(f"coalesce(b.{k}, a.{k})" for k in names)
    return (
        f"select {chosen}, coalesce(b.school_year, a.school_year), a.figure, b.figure, "
        "a.k0 is not null, b.k0 is not null "
        f"from ({sides[0]}) a full join ({sides[1]}) b using ({', '.join(names)}) "
        "where a.figure is distinct from b.figure or a.k0 is null or b.k0 is null "
        f"order by {', '.join(str(n + 1) for n in range(len(keys)))}"
    )


def _values(
    side: Side, figure: KeyFigure, where: Mapping[str, Any], keys: list[str], year: str | None
) -> str:
    has_year = "school_year" in side.types(figure.mart)
    tests = [_test(c, v) for c, v in where.items()]
    if year and has_year:
        tests.append(f"school_year = {literal(year)}")
    value = "count(*)" if figure.figure == "rows" else f"max({quoted(figure.figure)})"  # one row a key
    named = ", ".join(f"{k}::varchar as k{n}" for n, k in enumerate(keys))
    school_year = "max(school_year)" if has_year else "null::varchar"
    return (
        f"select {named}, {school_year} as school_year, {value}::double as figure "
        f"from {side.rows_of(figure.mart)} where {' and '.join(tests) or 'true'} and {keys[0]} is not null "
        f"and {keys[1]} is not null group by {', '.join(keys)}"
    )


def _test(column: str, value: Any) -> str:
    return f"{quoted(column)} is null" if value is None else f"{quoted(column)} = {literal(str(value))}"


def _columns(figure: KeyFigure) -> set[str]:
    named = {figure.id, figure.span, *figure.where}
    if figure.contributors:
        named |= {figure.contributors["lea_id"], *figure.contributors["where"]}
    return named if figure.figure == "rows" else {*named, figure.figure}


def in_words(value: float | None, unit: str) -> str:
    """A value for people: `62.5 %`, `$1,500.00`, `12`, or `none`."""
    if value is None:
        return "none"
    if unit == "share":
        return f"{value * 100:.1f} %"
    if unit == "USD":
        return f"${value:,.2f}"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"


def by_size(moved: Sequence[Moved]) -> Iterator[Moved]:
    """The largest moves first; what appeared or went before all, ties by figure, ID and span."""
    yield from sorted(moved, key=lambda m: (-_size(m), m.figure.title, m.id, m.span))


def _size(moved: Moved) -> float:
    if moved.before is None or moved.after is None:
        return float("inf")
    scale = max(abs(moved.before), abs(moved.after)) or 1.0
    return abs(moved.after - moved.before) / (1.0 if moved.figure.unit == "share" else scale)
