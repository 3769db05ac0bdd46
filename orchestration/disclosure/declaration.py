"""What each mart declares of its public form (`meta.public` of its YAML), checked: whatever is not declared is not public.

    public:
      columns: [org_id, school_year]       told as they are
      rows: {measure_kind: [goal]}         only these rows (all where it is missing); or a list, of which one must fit
      figure:                              what rests on persons; told or hidden together, row by row
        columns: [n_students, actual]
        rests_on: n_students               how many persons; where it is null, nothing is told
        fewest: min_n                      policy key: the fewest of them
        year: school_year                  column with the school year whose policy counts
        withheld: is_suppressed            column that says that the mart itself withholds it (optional)
        extremes: {actual: [0, 100]}       figures that say the same of everybody (optional) ...
        extremes_rows: {unit: [percent]}   ... in these rows
      sums:                                identities a reader knows of, by which a hidden figure could be computed back
      - says: what is the sum of what
        rows: {scope_level: [lea]}         the totals' rows; `same` or `differ` compare two columns
        count: n_readable                  the number that adds up
        of_them: n_met                     a number within it that adds up as well (optional); or a rate of it,
                                           {rate: actual, per: 100}; or a sum of levels, {levels: sum_levels, least: 1, most: 4}
        match: {scope_id: lea_id}          total's column: part's column
        parts: {mart: fct_measure_year, rows: ..., count: is_met, of_them: is_met}

A mart without `public` says `not_public: <why>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.errors import ConfigError

SUPPRESSION = "suppression"  # column of a public mart with a figure: null, or HIDDEN
HIDDEN = "hidden"
POLICY = "int_policy_years"  # the model with the policy's thresholds by school year

Values = tuple[Any, ...]


@dataclass(frozen=True)
class Rows:
    """Which rows are meant: columns among values (any one of several choices), two the same, or two that differ."""

    among: tuple[Mapping[str, Values], ...] = ()
    same: tuple[str, ...] = ()
    differ: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfThem:
    """A number within a count that adds up too: a column, a rate of the count, or levels added up.

    Args:
        column: the column.
        per: of a rate: 100 for per cent.
        levels: of added levels: the least and the most of one.
    """

    column: str
    per: float | None = None
    levels: tuple[float, float] | None = None


@dataclass(frozen=True)
class Via:
    """A part's column that stands in another mart: found there by key, `missing` where it is null or not there."""

    mart: str
    key: str
    by: str
    gives: str
    missing: str


@dataclass(frozen=True)
class Side:
    """Totals or parts of a sum; a boolean count counts the rows where it is not null."""

    mart: str
    rows: Rows
    count: str
    of_them: OfThem | None
    via: Via | None = None


@dataclass(frozen=True)
class Sum:
    """An identity: each total's number is the sum of its parts', found by the columns of `match`."""

    says: str
    total: Side
    parts: Side
    match: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Figure:
    """What rests on persons in a row. Without `rests_on` it is hidden only where a sum would give another away."""

    columns: tuple[str, ...]
    rests_on: str | None = None
    fewest: str | None = None
    year: str | None = None
    withheld: str | None = None
    extremes: Mapping[str, Values] = field(default_factory=dict)
    extremes_rows: Rows = field(default_factory=Rows)


@dataclass(frozen=True)
class PublicMart:
    """A mart's public form; `columns` are told as they are, in the mart's order with those of the figure."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: Rows
    figure: Figure | None
    sums: tuple[Sum, ...]

    def told(self, order: tuple[str, ...]) -> tuple[str, ...]:
        """The public table's columns, in the order of the mart's."""
        wanted = {*self.columns, *(self.figure.columns if self.figure else ())}
        return (*(c for c in order if c in wanted), *((SUPPRESSION,) if self.figure else ()))


def public_marts(dictionary: Mapping[str, Any]) -> dict[str, PublicMart]:
    """The marts that declare a public form, by name.

    Args:
        dictionary: by mart its `key`, `columns`, and `public` or `not_public` (`warehouse.dictionary`).

    Raises:
        ConfigError: declarations that cannot be used, all of them in one message.
    """
    problems: list[str] = []
    found: dict[str, PublicMart] = {}
    for name, entry in sorted(dictionary.items()):
        said = entry.get("public")
        if said is None:
            if not entry.get("not_public") or entry.get("audience") == "public":
                problems.append(
                    f"{name} says neither `public` nor, with audience internal, why it is `not_public`"
                )
            continue
        if entry.get("not_public"):
            problems.append(f"{name} says both `public` and `not_public`")
        try:
            found[name] = _mart(name, entry, said)
        except (KeyError, TypeError, ValueError, AttributeError) as e:
            problems.append(f"{name}: `public` cannot be read: {e!r}")
    for mart in found.values():
        problems += [f"{mart.name}: {p}" for p in _problems(mart, dictionary, found)]
    if problems:
        raise ConfigError("what is public is not clear, so nothing is:\n  " + "\n  ".join(problems))
    return found


def deciding(public: Mapping[str, PublicMart]) -> set[str]:
    """Names of the models that decide which figures are hidden: marts with one, those of a sum, and the policy."""
    sides = [side for mart in public.values() for s in mart.sums for side in (s.total, s.parts)]
    return {
        POLICY,
        *(name for name, mart in public.items() if mart.figure is not None),
        *(side.mart for side in sides),
        *(side.via.mart for side in sides if side.via is not None),
    }


def _mart(name: str, entry: Mapping[str, Any], said: Mapping[str, Any]) -> PublicMart:
    _only(said, {"columns", "rows", "figure", "sums"})
    figure = None
    if "figure" in said:
        f = dict(said["figure"])
        figure = Figure(
            columns=tuple(f.pop("columns")),
            extremes={k: tuple(v) for k, v in f.pop("extremes", {}).items()},
            extremes_rows=_rows({"rows": f.pop("extremes_rows", {})}),
            **f,
        )
    return PublicMart(
        name=name,
        key=tuple(entry["key"]),
        columns=tuple(said["columns"]),
        rows=_rows(said),
        figure=figure,
        sums=tuple(_sum(name, s) for s in said.get("sums", ())),
    )


def _sum(mart: str, said: Mapping[str, Any]) -> Sum:
    _only(said, {"says", "rows", "same", "differ", "count", "of_them", "match", "parts"})
    parts = said["parts"]
    _only(parts, {"mart", "rows", "same", "differ", "count", "of_them", "via"})
    return Sum(
        says=said["says"],
        total=_side(mart, said),
        parts=_side(parts.get("mart", mart), parts),
        match=tuple((str(t), str(p)) for t, p in said["match"].items()),
    )


def _side(mart: str, said: Mapping[str, Any]) -> Side:
    via = Via(**said["via"]) if "via" in said else None
    return Side(mart, _rows(said), said["count"], _of_them(said.get("of_them")), via)


def _of_them(said: Any) -> OfThem | None:
    if said is None or isinstance(said, str):
        return OfThem(said) if said else None
    if "rate" in said:
        return OfThem(said["rate"], per=float(said["per"]))
    return OfThem(said["levels"], levels=(float(said["least"]), float(said["most"])))


def _rows(said: Mapping[str, Any]) -> Rows:
    choices = said.get("rows") or []
    choices = [choices] if isinstance(choices, Mapping) else choices
    if any(not isinstance(v, list) for choice in choices for v in choice.values()):
        raise ValueError("values of `rows` are lists")
    among = tuple({str(k): tuple(v) for k, v in choice.items()} for choice in choices)
    return Rows(among, tuple(said.get("same", ())), tuple(said.get("differ", ())))


def _only(said: Mapping[str, Any], known: set[str]) -> None:
    if unknown := sorted(str(k) for k in set(said) - known):
        raise ValueError(f"unknown: {', '.join(unknown)}")


def _problems(mart: PublicMart, dictionary: Mapping[str, Any], found: Mapping[str, PublicMart]) -> list[str]:
    held = set(dictionary[mart.name]["columns"])
    figure = mart.figure
    problems = [f"the key column {c} is not told" for c in mart.key if c not in mart.columns]
    named = {*mart.columns, *_columns_of(mart.rows)}
    if dictionary[mart.name].get("audience") != "public":
        problems.append("a mart with `public` has the audience public")
    if SUPPRESSION in held:
        problems.append(f"a mart may have no column {SUPPRESSION} of its own")
    if figure:
        named |= {*figure.columns, *figure.extremes, *_columns_of(figure.extremes_rows)}
        named |= {c for c in (figure.rests_on, figure.year, figure.withheld) if c}
        problems += [f"{c} is told and hidden" for c in figure.columns if c in mart.columns]
        if figure.rests_on and not (figure.fewest and figure.year):
            problems.append("a figure that rests on persons names `fewest` and `year`")
        if figure.rests_on in mart.columns or (figure.withheld and figure.withheld in mart.columns):
            problems.append("what a figure rests on, and whether it is withheld, cannot be told beside it")
        if not figure.rests_on and not mart.sums:
            problems.append("a figure rests on persons, or stands in a sum")
    problems += [f"there is no column {c}" for c in sorted(named - held)]
    for s in mart.sums:
        for side in (s.total, s.parts):
            if side.mart not in found or found[side.mart].figure is None:
                problems.append(f"the sum '{s.says}' names {side.mart}, which has no public figure")
                continue
            known = {*dictionary[side.mart]["columns"], *((side.via.gives,) if side.via else ())}
            used = {side.count, *_columns_of(side.rows), *((side.of_them.column,) if side.of_them else ())}
            used |= {t if side is s.total else p for t, p in s.match}
            problems += [f"the sum '{s.says}': {side.mart} has no column {c}" for c in sorted(used - known)]
        if (s.total.of_them is None) != (s.parts.of_them is None):
            problems.append(f"the sum '{s.says}': `of_them` stands on one side only")
    return problems


def _columns_of(rows: Rows) -> set[str]:
    return {*(c for choice in rows.among for c in choice), *rows.same, *rows.differ}
