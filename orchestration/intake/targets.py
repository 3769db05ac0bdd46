"""The grammar of written targets, baselines and results: "At least 70%", "4% increase", "Gr 5: 68% Gr 8: 61%".

A text becomes numbers only where its form is known; every number stands in the text itself (a fraction
of a percent measure, which spreadsheets make of `45%`, is the one that is multiplied, and says so).
Whether "4% increase" is four points or four per cent nobody can tell from the words: the state's policy
says how it is taken (`percent_change_means`), and the target is marked ambiguous. What each form becomes
is shown in docs/targets.md, which `targets_page` writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

Kind = Literal["level", "points", "relative", "range", "maintain", "parts", "none", "not_understood"]
Comparison = Literal["none", "at_least", "at_most", "more_than", "less_than", "exactly"]
Means = Literal["points", "relative"]
LONGEST = 300  # characters; a longer text is an explanation, no target


@dataclass(frozen=True)
class Target:
    """What a written target says.

    Args:
        text: as it was written.
        kind: `level`; `points`, a change in the measure's own unit; `relative`, a change in per cent of
            where it starts; `range` between two levels; `maintain`; several labelled `parts`; `none`
            (N/A, to be determined); `not_understood`, which has no numbers.
        comparison: how the level or the change bounds the figure; `none` where it names it plainly.
        low: the number, or the lower one of two; in the measure's unit, per cent where `is_percent`.
        high: the same number again, or the higher one of two.
        direction: `up` or `down` of a change, `better` where it says only that ("improve by 3 points").
        since: what a change starts from, where the text says so: `baseline` or `previous_year`.
        start: the level it starts from, of "from 48% to 55%".
        is_percent: whether the numbers are written with a percent sign (or are fractions of a percent).
        is_fraction: whether the text holds 0.45 for 45 per cent.
        is_ambiguous: whether the policy decided between points and per cent, or does not say.
        label: what a part is about, as `Gr 5`.
        parts: of kind `parts`, each with its label.
    """

    text: str
    kind: Kind
    comparison: Comparison = "none"
    low: Decimal | None = None
    high: Decimal | None = None
    direction: Literal["up", "down", "better"] | None = None
    since: Literal["baseline", "previous_year"] | None = None
    start: Decimal | None = None
    is_percent: bool = False
    is_fraction: bool = False
    is_ambiguous: bool = False
    label: str | None = None
    parts: tuple[Target, ...] = ()


# ------------------------------------------------------------------ words

NONE = frozenset({
    "n/a", "na", "n.a.", "n.a", "none", "-", "--", "tbd", "t.b.d.", "to be determined", "not applicable",
    "no target", "no data", "no baseline", "not available", "not set", "pending", "baseline year",
    "set baseline", "establish baseline", "collect baseline",
})  # fmt: skip
MAINTAIN = re.compile(
    r"(?:maintain|sustain|no change|stay the same|same as baseline|hold steady)"
    r"(?: (?:the )?(?:current )?(?:level|baseline|performance))?"
)
PREFIXES: dict[str, Comparison] = {
    "at least": "at_least", "a minimum of": "at_least", "minimum of": "at_least", "minimum": "at_least",
    "min": "at_least", "no less than": "at_least", "not less than": "at_least",
    "no fewer than": "at_least", "no lower than": "at_least", ">=": "at_least", "≥": "at_least",
    "at most": "at_most", "a maximum of": "at_most", "maximum of": "at_most", "maximum": "at_most",
    "max": "at_most", "no more than": "at_most", "not more than": "at_most", "no higher than": "at_most",
    "up to": "at_most", "<=": "at_most", "≤": "at_most",
    "more than": "more_than", "greater than": "more_than", "above": "more_than", "over": "more_than",
    ">": "more_than", "less than": "less_than", "fewer than": "less_than", "below": "less_than",
    "under": "less_than", "<": "less_than", "exactly": "exactly", "=": "exactly",
}  # fmt: skip
SUFFIXES: dict[str, Comparison] = {
    "or more": "at_least", "or higher": "at_least", "or above": "at_least", "or better": "at_least",
    "or greater": "at_least", "minimum": "at_least", "+": "at_least", "or less": "at_most",
    "or fewer": "at_most", "or lower": "at_most", "or below": "at_most", "maximum": "at_most",
}  # fmt: skip
DIRECTIONS: dict[str, Literal["up", "down", "better"]] = {
    "increase": "up", "increases": "up", "grow": "up", "growth": "up", "gain": "up", "raise": "up",
    "rise": "up", "more": "up", "higher": "up", "decrease": "down", "decreases": "down",
    "reduce": "down", "reduction": "down", "decline": "down", "drop": "down", "cut": "down",
    "lower": "down", "fewer": "down", "less": "down", "improve": "better", "improvement": "better",
}  # fmt: skip


def _any(words: dict[str, Comparison] | dict[str, Literal["up", "down", "better"]]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12})(?:\.[0-9]{1,8})?|\.[0-9]{1,8}"
POINTS = r"percentage[ -]points?|percent points?|% ?points?|% ?pts?|pct points?|pp|ppts?|points?|pts?"
UNIT = rf" ?-?(?P<{{0}}p>{POINTS})(?![a-z])|\.? ?(?P<{{0}}c>%|percent(?:age)?(?![a-z])|per cent|pct(?![a-z]))"


def _amount(name: str, signed: bool = False) -> str:
    """A number with its sign of per cent or points, in groups of that name."""
    minus = "-?" if signed else ""
    return rf"\$? ?(?P<{name}>{minus}(?:{NUMBER}))(?:{UNIT.format(name)})?"


PREFIX = rf"(?:(?P<pre>{_any(PREFIXES)}) ?)?"
SUFFIX = rf"(?: ?(?P<suf>{_any(SUFFIXES)}))?"
SPAN = rf"{_amount('a')}(?: ?- ?{_amount('b')})?"
SINCE = (
    r"(?: (?:(?:from|over|above|below|than|compared (?:to|with)) (?:the )?"
    r"(?:(?P<base>baseline)|(?P<year>(?:prior|previous|last) year|year before))"
    r"|(?P<each>each year|every year|per year|a year|annually|yearly)))?"
)
WHO = r"(?: (?:of [a-z' -]{2,80}|students|teachers|staff|schools|lessons|days|hours|minutes|incidents))?"
TURN = rf"(?P<turn>{_any(DIRECTIONS)})"
RELATIVE = r"(?:(?P<rel>relative|proportional) )?"

FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (form, re.compile(pattern))
    for form, pattern in (
        ("from_to", rf"(?:{TURN} )?from {_amount('s')} (?:up |down )?to {PREFIX}{_amount('a')}{WHO}"),
        ("level", rf"{TURN} (?:up )?to {PREFIX}{_amount('a')}{SUFFIX}{WHO}"),
        ("change", rf"(?:an? )?{RELATIVE}{TURN} (?:(?:by|of) )?{PREFIX}(?:an? )?{SPAN}{SINCE}"),
        ("change", rf"(?:by )?{PREFIX}(?:an? )?{SPAN} {RELATIVE}{TURN}{SINCE}"),
        ("range", rf"between {_amount('a')} and {_amount('b')}{WHO}"),
        ("level", rf"(?:(?:maintain|sustain) (?:at )?)?{PREFIX}{_amount('a', signed=True)}{SUFFIX}{WHO}"),
        ("range", rf"{SPAN}{WHO}"),
    )
)
# a label and its colon; not the colon of 8:30, but that of 5:68%
LABEL = re.compile(
    r"(?:(?<=[\s;,|])|^)([^\W\d_][\w .&/()'’+-]{0,39}?)\s*(?:=|(?<![0-9]):|:(?![0-9]+(?![0-9.]* ?%)))"
)
SPELLINGS = str.maketrans({
    "–": "-", "—": "-", "−": "-", "‑": "-", "％": "%", "\u00a0": " ", "\u202f": " ", "≧": "≥", "≦": "≤",
})  # fmt: skip


# ------------------------------------------------------------------ reading


@lru_cache(maxsize=50_000)
def read_target(text: str, unit: str | None = None, percent_change_means: Means | None = None) -> Target:
    """What a written target, baseline or result says; it never raises.

    Args:
        text: as it was written.
        unit: the measure's unit (a code of measure_units); None where it is not known.
        percent_change_means: the policy on a change in per cent of a percent measure; without it such a
            change is not understood.
    """
    if len(text) > LONGEST:
        return Target(text, "not_understood")
    plain = " ".join(text.translate(SPELLINGS).split()).rstrip(
        " .;,"
    )  # not at the left: the dot of .5 is its own
    if plain.lower() in NONE or not plain:
        return Target(text, "none")
    labels = list(LABEL.finditer(plain))
    if not labels:
        return replace(_single(plain.lower(), unit, percent_change_means), text=text)
    ends = [*(label.start() for label in labels[1:]), len(plain)]
    parts = tuple(
        _part(label[1], plain[label.end() : end], unit, percent_change_means)
        for label, end in zip(labels, ends, strict=True)
    )
    # each part a figure, none left over before the first, no label twice: else nobody knows whose it is
    ambiguous = any(p.is_ambiguous for p in parts)
    sure = labels[0].start() == 0 and len({p.label for p in parts}) == len(parts)
    if not sure or any(p.kind in ("none", "not_understood") for p in parts):
        return Target(text, "not_understood", is_ambiguous=ambiguous and sure)
    fraction = any(p.is_fraction for p in parts)
    return Target(text, "parts", is_ambiguous=ambiguous, is_fraction=fraction, parts=parts)


def _part(label: str, text: str, unit: str | None, means: Means | None) -> Target:
    text = re.sub(r"(?:[\s;,|/]|\band$)+$", "", text).strip()
    return replace(_single(text.lower(), unit, means), text=text, label=" ".join(label.split()))


def _single(plain: str, unit: str | None, means: Means | None) -> Target:
    """One target without labels, in lower case with plain signs and single spaces."""
    if MAINTAIN.fullmatch(plain):
        return Target(plain, "maintain")
    for form, pattern in FORMS:
        if match := pattern.fullmatch(plain):
            found = _change(plain, match, unit, means) if form == "change" else _level(plain, match, unit)
            if found is not None:
                return found
    return Target(plain, "not_understood")


def _level(plain: str, match: re.Match[str], unit: str | None) -> Target | None:
    """A level, or two that are the ends of a range; None where these words don't make one."""
    got = {"pre": None, "suf": None, "b": None, "s": None, **match.groupdict()}
    names = [n for n in ("a", "b", "s") if got[n]]
    if any(got[f"{n}p"] for n in names) or (got["pre"] and got["suf"]):
        return None  # "12 points" may be a level or a change
    numbers = {n: _number(got[n]) for n in names}
    is_percent = any(got[f"{n}c"] for n in names)
    if is_percent and min(numbers.values()) < 0:
        return None  # "-5%" is rather a change
    is_fraction = unit == "percent" and not is_percent and all(0 < v < 1 for v in numbers.values())
    if is_fraction:
        numbers = {n: v * 100 for n, v in numbers.items()}
    low, high = numbers["a"], numbers.get("b", numbers["a"])
    if low > high:
        return None
    said = PREFIXES.get(got["pre"] or "") or SUFFIXES.get(got["suf"] or "") or "none"
    return Target(
        plain,
        "range" if "b" in numbers else "level",
        comparison=said,
        low=low,
        high=high,
        start=numbers.get("s"),
        is_percent=is_percent or is_fraction,
        is_fraction=is_fraction,
    )


def _change(plain: str, match: re.Match[str], unit: str | None, means: Means | None) -> Target | None:
    """A change; None where these words don't make one."""
    got = match.groupdict()
    low = _number(got["a"])
    high = _number(got["b"]) if got["b"] else low
    if low > high:
        return None
    in_points = got["ap"] or got["bp"]
    is_percent = not in_points and bool(got["ac"] or got["bc"])
    if got["rel"] and not is_percent:
        return None
    # of a count or a score four per cent can only be relative
    is_ambiguous = is_percent and not got["rel"] and unit in (None, "percent")
    kind: Kind = "relative" if is_percent else "points"
    if is_ambiguous:
        if means is None:
            return Target(plain, "not_understood", is_ambiguous=True)
        kind = means
    if unit == "percent" and not in_points and not is_percent and 0 < low < 1:
        return None  # "increase by 0.05": of a point, or five points?
    return Target(
        plain,
        kind,
        comparison=PREFIXES.get(got["pre"] or "", "none"),
        low=low,
        high=high,
        direction=DIRECTIONS[got["turn"]],
        since="baseline" if got["base"] else "previous_year" if got["year"] or got["each"] else None,
        is_percent=is_percent,
        is_ambiguous=is_ambiguous,
    )


def _number(text: str | None) -> Decimal:
    assert text is not None  # the pattern that matched holds it
    return Decimal(text.replace(",", ""))
