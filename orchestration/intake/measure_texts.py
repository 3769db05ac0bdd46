"""Baselines, targets and results read by the grammar of `targets`, for what must be asked back.

The lake keeps them as text, and beside it as numbers (`measure_rows`); what is flagged here is what the
grammar can't turn into a number for certain.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import numpy as np

from orchestration.errors import ConfigError
from orchestration.intake.measure_values import withholds
from orchestration.intake.reading import Context
from orchestration.intake.targets import Means, Target, read_target
from orchestration.intake.together import flag
from orchestration.intake.verdict import FileVerdict, TableVerdict
from orchestration.school_year import school_year_of

TEXTS = {"measures": ("baseline", "target_y1", "target_y2", "target_y3"), "measure_results": ("actual",)}
CHANGES = frozenset({"points", "relative", "maintain"})
MEANS = {"points": "points added", "relative": "per cent of where it starts"}


def percent_change_means(context: Context, period: str | None) -> Means | None:
    """What the policy says of a change in per cent in a month's school year; None where it says nothing."""
    if period is None:
        return None
    try:
        year = school_year_of(period, context.policy.school_year_first_month)
        said = context.policy.value("percent_change_means", year)
    except ConfigError:  # the policy begins later than the month
        return None
    return next((m for m in get_args(Means) if m == said), None)


def check_measures(tables: dict[str, TableVerdict], verdicts: list[FileVerdict], context: Context) -> None:
    """Flag the texts that the grammar finds ambiguous, or does not understand."""
    unit_of = units(tables)
    means = [percent_change_means(context, v.period) for v in verdicts]
    for verdict, said in zip(verdicts, means, strict=True):
        verdict.percent_change_means = said
    for name, columns in TEXTS.items():
        table = tables.get(name)
        if table is None:
            continue
        for column_name in columns:
            _check(table, name, column_name, verdicts, unit_of, means)


def _check(
    table: TableVerdict,
    name: str,
    column_name: str,
    verdicts: list[FileVerdict],
    unit_of: Callable[[str, TableVerdict, int], str | None],
    means: list[Means | None],
) -> None:
    column = table.columns[column_name]
    # most cells are plain figures whatever their unit: only the others are looked at row by row
    odd = np.array([r.value is not None and not _is_plain(str(r.value)) for r in column.reads], bool)
    if not odd.any():
        return
    for row in np.nonzero(table.good & odd[column.codes])[0]:
        unit, policy = unit_of(name, table, int(row)), means[int(table.files[row])]
        target = read_target(str(column.reads[column.codes[row]].value), unit, policy)
        for rule, words in problems(target, column_name, policy):
            flag(table, verdicts, [int(row)], rule, column_name, _constant(words))


def _constant(words: dict[str, Any]) -> Callable[[int], dict[str, Any]]:
    return lambda row: words


def _is_plain(text: str) -> bool:
    target = read_target(text, "percent", "points")
    return target.kind in ("level", "range", "none") and not target.is_fraction


def problems(target: Target, column: str, policy: Means | None) -> list[tuple[str, dict[str, Any]]]:
    """The rules that a written figure of that column breaks, with the words of their messages."""
    is_level = column == "baseline" or column == "actual"
    if is_level and withholds(target.text):
        return []  # nobody must be asked to tell a figure that is withheld
    changes = {p.kind for p in (target.parts or (target,))} & CHANGES
    if column == "baseline" and (changes or target.is_ambiguous):
        return [("target.not_understood", {"wanted": "the figure itself, as 48%"})]
    if target.is_ambiguous:
        read = MEANS[policy] if policy else "neither: the policy does not say"
        return [("target.ambiguous", {"read": read})]
    if target.kind == "not_understood":
        wanted = "53% or 0.9" if is_level else "'at least 55%', 'increase by 5 percentage points' or '70-75%'"
        return [("target.not_understood", {"wanted": f"it as {wanted}"})]
    if target.is_fraction:
        numbers = ", ".join(
            f"{p.low:f}".rstrip("0").rstrip(".") for p in (target.parts or (target,)) if p.low
        )
        return [("target.fraction", {"read": numbers})]
    return []


def units(tables: dict[str, TableVerdict]) -> Callable[[str, TableVerdict, int], str | None]:
    """Looks up a row's unit: its own, or for a result that of its measure in the same file."""
    measures = tables.get("measures")
    of_measure: dict[tuple[Any, ...], str | None] = {}
    key = ("org_id", "parent_code", "measure_no")

    def value(table: TableVerdict, column: str, row: int) -> Any:
        read = table.columns[column]
        return read.reads[read.codes[row]].value

    def look(name: str, table: TableVerdict, row: int) -> str | None:
        if name == "measures":
            return value(table, "unit", row)
        if measures is not None and not of_measure:
            for n in np.nonzero(measures.good)[0]:
                place = (int(measures.files[n]), *(value(measures, k, int(n)) for k in key))
                of_measure[place] = value(measures, "unit", int(n))
        return of_measure.get((int(table.files[row]), *(value(table, k, row) for k in key)))

    return look
