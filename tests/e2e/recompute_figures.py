"""Written figures read again: baselines, targets and results as docs/targets.md says that they are read.

Of its forms those that the demonstration state's LEAs and the planted files write. A text of another form has
no figure here, so that a test which meets one fails instead of agreeing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

LEVEL = re.compile(r"(at least|at most|more than|less than|exactly)? ?(-?[\d.,]+) ?(%)?")
CHANGE = re.compile(
    r"([\d.]+)(?P<percent>%)?(?P<points> percentage points?)? (?P<turn>increase|decrease)(?P<since> from baseline)?"
    r"|(increase|decrease) by ([\d.]+) points"
)
WITHHELD = frozenset({"*", "n/a", "--"})  # of a baseline or result; N/A as a target is none
UNTOLD = frozenset({"n/a", "tbd", "to be determined", "none"})


@dataclass(frozen=True)
class Figure:
    """What a cell says.

    Args:
        kind: level; change of a target; withheld, of a baseline or result; none; blank.
        value: the level, or of a change the level that it leads to; None where there is none.
        bound: at_least, at_most, more_than, less_than, exactly or none; None where there is no level.
        starts_from: of a change with a level, baseline, or baseline_assumed where the text does not say.
    """

    kind: str
    value: Fraction | None = None
    bound: str | None = None
    is_percent: bool = False
    starts_from: str | None = None
    is_ambiguous: bool = False


BLANK = Figure("blank")


def read_level(text: Any, unit: str | None) -> Figure:
    """A baseline or a result."""
    if text is None or text != text:
        return BLANK
    plain = str(text).strip().lower()
    if plain in WITHHELD:
        return Figure("withheld")
    return _plain_level(plain, unit)


def read_target(text: Any, unit: str | None, baseline: Figure, percent_change_means: str) -> Figure:
    """A target: a level, or a change from the baseline."""
    if text is None or text != text:
        return BLANK
    plain = str(text).strip().lower()
    change = CHANGE.fullmatch(plain)
    if plain in UNTOLD or not change:
        return _plain_level(plain, unit)
    amount = Fraction(change[1] or change[7])
    is_ambiguous = change["percent"] is not None and unit == "percent"
    is_relative = change["percent"] is not None and (unit != "percent" or percent_change_means == "relative")
    sign = -1 if "decrease" in plain else 1
    said = Figure("change", is_percent=unit == "percent", is_ambiguous=is_ambiguous)
    since = "baseline" if change["since"] else "baseline_assumed"
    if baseline.value is None:
        return Figure(**{**vars(said), "bound": "none", "starts_from": since})
    step = baseline.value * amount / 100 if is_relative else amount
    return Figure(
        **{**vars(said), "bound": "none", "starts_from": since, "value": baseline.value + sign * step}
    )


def _plain_level(plain: str, unit: str | None) -> Figure:
    if plain in UNTOLD:
        return Figure("none")
    match = LEVEL.fullmatch(plain)
    assert match, f"the recomputation does not read {plain!r}"
    value, is_percent = Fraction(match[2].replace(",", "")), match[3] is not None
    if unit == "percent" and not is_percent and 0 < value < 1:
        value *= 100
    bound = (match[1] or "none").replace(" ", "_")
    return Figure("level", value, bound, is_percent or unit == "percent")
