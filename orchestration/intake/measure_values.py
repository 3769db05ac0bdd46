"""The numbers of measures for the lake: baselines, targets and results as figures, so that no model reads text.

Each written figure becomes one row per part (`Gr 5`), or one of the part `all`. A target that is a change
becomes the level that it leads to; a cell that hides its figure becomes a row without a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from orchestration.intake.targets import LABEL, Comparison, Means, Target, read_target

ALL = "all"
TARGETS = ("target_y1", "target_y2", "target_y3")
STATED = ("none", "exactly")  # comparisons of a figure that is the figure itself
FLIPPED: dict[Comparison, Comparison] = {
    "at_least": "at_most", "at_most": "at_least", "more_than": "less_than", "less_than": "more_than",
}  # fmt: skip
PLACES = Decimal("0.00000001")
TOO_LARGE = Decimal(10) ** 15
# how states and schools write that a figure is withheld; a bound or a span ("<10", "45-50%") does it, too
MARKER = re.compile(r"\*+|-{1,2}|n/?a|n\.a\.?|s|ds|suppressed|redacted|masked|n ?(?:<|<=|≤|=<) ?[0-9]{1,3}")

Kind = Literal["level", "range", "points", "relative", "maintain", "none", "not_understood", "suppressed"]
StartsFrom = Literal["baseline", "baseline_assumed", "previous_target"]


@dataclass(frozen=True)
class Figure:
    """One number of a written baseline, target or result.

    Args:
        part: label of the part in lower case, `all` where the text has no parts.
        kind: what was written; `suppressed` where the cell withholds its figure.
        low: the number, or the lower one of two, in the measure's unit; of a change the level that it
            leads to. None where there is none, or where a change has nothing to start from.
        high: the same number again, or the higher one of two.
        comparator: how the number bounds the figure.
        starts_from: of a change: what it was added to; `baseline_assumed` where a later year's target
            does not say whether it starts from the baseline or from the year before.
        is_percent: whether the number is in per cent.
        is_fraction: whether the cell holds 0.45 for 45 per cent.
        is_ambiguous: whether the policy decided between points and per cent, or does not say.
        marker: what stands in place of a withheld figure.
    """

    part: str
    kind: Kind
    low: Decimal | None = None
    high: Decimal | None = None
    comparator: Comparison = "none"
    starts_from: StartsFrom | None = None
    is_percent: bool = False
    is_fraction: bool = False
    is_ambiguous: bool = False
    marker: str | None = None


def withholds(text: str) -> bool:
    """Whether a baseline or result stands for a figure that is not told, as `*`, `<10`, `n/a` or `--`."""
    plain = " ".join(text.lower().split())
    if MARKER.fullmatch(plain):
        return True
    target = read_target(text)
    return target.kind in ("level", "range") and not _is_stated(target)


def _is_stated(target: Target) -> bool:
    return target.comparison in STATED and target.low == target.high


@lru_cache(maxsize=50_000)
def read_level(text: str, unit: str | None, means: Means | None) -> tuple[Figure, ...]:
    """The figures of a baseline or result. A change is none: its place is a target's."""
    if withholds(text):
        return (Figure(ALL, "suppressed", marker=text[:40]),)
    hidden, shown = _withheld_parts(text)
    target = read_target(shown, unit, means)
    if not shown:
        return hidden
    if hidden and target.kind != "parts":
        return (Figure(ALL, "not_understood"),)
    return (*hidden, *(_level(p) for p in target.parts or (target,)))


def _withheld_parts(text: str) -> tuple[tuple[Figure, ...], str]:
    """Parts whose figure is withheld, and the text of the others."""
    labels = list(LABEL.finditer(text))
    if not labels or labels[0].start() != 0:
        return (), text
    ends = [*(label.start() for label in labels[1:]), len(text)]
    pieces = [(m[1], text[m.end() : end].strip(" ;,|/.\n")) for m, end in zip(labels, ends, strict=True)]
    if not any(withholds(piece) for _, piece in pieces):
        return (), text
    hidden = tuple(
        Figure(part_name(label), "suppressed", marker=piece[:40])
        for label, piece in pieces
        if withholds(piece)
    )
    return hidden, "; ".join(f"{label}: {piece}" for label, piece in pieces if not withholds(piece))


def part_name(label: str | None) -> str:
    """A part's label so that `Gr 5`, `Grade 5` and `GR. 5` are the same."""
    if label is None:
        return ALL
    return re.sub(r"^gr(?:ade)?\.? ?(?=[0-9])", "gr ", " ".join(label.casefold().split()).rstrip(". "))


def _level(target: Target) -> Figure:
    figure = _written(target)
    if target.kind in ("points", "relative", "maintain"):
        return Figure(figure.part, "not_understood", is_ambiguous=target.is_ambiguous)
    if target.kind in ("level", "range") and not _is_stated(target):
        return Figure(figure.part, "suppressed", marker=target.text[:40])
    return figure


def _written(target: Target) -> Figure:
    kind: Kind = "not_understood" if target.kind == "parts" else target.kind
    is_level = kind in ("level", "range")
    low, high = (_fit(target.low), _fit(target.high)) if is_level else (None, None)
    if is_level and (low is None or high is None):
        kind, low, high = "not_understood", None, None
    return Figure(
        part_name(target.label),
        kind,
        low,
        high,
        target.comparison if low is not None else "none",
        is_percent=target.is_percent,
        is_fraction=target.is_fraction,
        is_ambiguous=target.is_ambiguous,
    )


def _fit(number: Decimal | None) -> Decimal | None:
    """A number as the lake can hold it; None of one that is too large to be a figure of a school."""
    return None if number is None or abs(number) >= TOO_LARGE else number.quantize(PLACES)


@lru_cache(maxsize=50_000)
def read_measure(
    baseline: str | None,
    targets: tuple[str | None, ...],
    unit: str | None,
    direction: str | None,
    means: Means | None,
) -> tuple[tuple[str, Figure], ...]:
    """The figures of a measure's baseline and yearly targets, each with the column it comes from.

    A target without parts of a baseline with parts holds for each of them. A change is added to the
    baseline of its part; one that says "each year" or "over last year", to the year before's target.

    Args:
        direction: `higher` or `lower` is better, as "improve by 3 points" needs it.
    """
    start = read_level(baseline, unit, means) if baseline is not None else ()
    base = {f.part: f for f in start}
    found: list[tuple[str, Figure]] = [("baseline", f) for f in start]
    before: Mapping[str, Figure] = base
    for column, text in zip(TARGETS, targets, strict=True):
        figures: dict[str, Figure] = {}
        for target in _targets(text, unit, means):
            part = part_name(target.label)
            labels = [part]
            if part == ALL and ALL not in base and target.kind not in ("none", "not_understood"):
                labels = list(base) or labels
            for label in labels:
                figure = _resolved(target, column, base.get(label), before.get(label), direction)
                figures[label] = replace(figure, part=label)
        found += [(column, f) for f in figures.values()]
        before = figures
    return tuple(found)


def _targets(text: str | None, unit: str | None, means: Means | None) -> Iterator[Target]:
    if text is not None:
        target = read_target(text, unit, means)
        yield from target.parts or (target,)


def _resolved(
    target: Target, column: str, base: Figure | None, before: Figure | None, direction: str | None
) -> Figure:
    """A target as the level that it asks for."""
    figure = _written(target)
    if target.kind not in ("points", "relative", "maintain"):
        return figure
    starts_from: StartsFrom = "baseline"
    if target.kind != "maintain" and column != "target_y1":
        starts_from = "previous_target" if target.since == "previous_year" else "baseline_assumed"
        if target.since == "baseline":
            starts_from = "baseline"
    start = before if starts_from == "previous_target" else base
    if start is None or start.low is None or start.low != start.high:
        return figure
    if target.kind == "maintain":
        return replace(
            figure, low=start.low, high=start.low, starts_from=starts_from, is_percent=start.is_percent
        )
    sign = {"up": 1, "down": -1}.get(
        target.direction or "", {"higher": 1, "lower": -1}.get(direction or "", 0)
    )
    if sign == 0 or target.low is None or target.high is None:
        return figure
    steps = (target.low, target.high)
    if target.kind == "relative":
        steps = (abs(start.low) * target.low / 100, abs(start.low) * target.high / 100)
    ends = sorted(start.low + sign * step for step in steps)
    low, high = _fit(ends[0]), _fit(ends[1])
    if low is None or high is None:
        return figure
    comparator = target.comparison if sign > 0 else FLIPPED.get(target.comparison, target.comparison)
    return replace(
        figure,
        low=low,
        high=high,
        comparator=comparator,
        starts_from=starts_from,
        is_percent=start.is_percent,
    )
