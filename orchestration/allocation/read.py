"""One method of awarding, read from YAML with every problem named."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from orchestration.allocation.keys import Keys
from orchestration.allocation.model import (
    ALL_CATEGORIES,
    ANSWERS,
    CONTINUING,
    FILLS,
    GEOGRAPHY,
    KINDS,
    LAST_AWARDS,
    UNITS,
    Condition,
    Limit,
    Method,
    Part,
    Place,
)

METHOD_KEYS = (
    "title", "citation", "confirmed", "kind", "eligible", "parts", "fill", "most_per_unit", "minimum", "caps",
    "order", "last_award", "lea_retained_percent", "years", "planning_year_percent", "continuing_schools",
    "geography",
)  # fmt: skip
BOUNDS = ("from", "above", "until", "at_most")
CONDITION_KEYS = ("fact", "codes", "not_codes", *BOUNDS, "label")
WHOLE = Decimal(100)


def read_method(name: str, raw: Any, problems: list[str], where: str) -> Method:
    """A method; what is wrong with it is added to the problems."""
    keys = Keys(where, raw, problems, METHOD_KEYS)
    answer, limits, requested, lea_cap = _limits(keys)
    method = Method(
        name=name,
        title=keys.text("title"),
        citation=keys.text("citation"),
        confirmed=keys.flag("confirmed"),
        kind=keys.choice("kind", KINDS),
        eligible=read_conditions(keys, "eligible"),
        parts=tuple(_part(f"{where}.parts, part {n}", p, problems) for n, p in enumerate(keys.listed("parts", wanted=True), 1)),
        fill=keys.choice("fill", FILLS),
        most_per_unit=keys.number("most_per_unit", wanted=False),
        minimum_answer=answer,
        limits=limits,
        caps_requested=requested,
        lea_cap=lea_cap,
        order=tuple(_place(f"{where}.order, line {n}", p, problems) for n, p in enumerate(keys.listed("order"), 1)),
        last_award=keys.choice("last_award", LAST_AWARDS, "none"),
        lea_retained_percent=keys.number("lea_retained_percent", wanted=False, most=WHOLE) or Decimal(0),
        years=keys.whole("years", least=1, wanted=False) or 1,
        planning_year_percent=_percent(keys, "planning_year_percent"),
        continuing_schools=keys.choice("continuing_schools", CONTINUING, "once"),
        geography=keys.choice("geography", GEOGRAPHY, "told"),
    )  # fmt: skip
    if keys.raw:
        _agreement(keys, method)
    return method


def _percent(keys: Keys, key: str) -> Decimal:
    number = keys.number(key, wanted=False, most=WHOLE)
    return WHOLE if number is None else number


def read_conditions(keys: Keys, key: str) -> tuple[Condition, ...]:
    """The list of conditions under a key."""
    return tuple(
        _condition(f"{keys.where}.{key}, condition {n}", raw, keys.problems)
        for n, raw in enumerate(keys.listed(key), 1)
    )


def _condition(where: str, raw: Any, problems: list[str]) -> Condition:
    keys = Keys(where, raw, problems, CONDITION_KEYS)
    numbers = {f"{k}_number": keys.number(k, wanted=False) for k in BOUNDS}
    found = Condition(
        fact=keys.text("fact"),
        codes=keys.codes("codes"),
        not_codes=keys.codes("not_codes"),
        label=keys.text("label", wanted=False),
        **numbers,
    )
    kinds = [bool(found.codes), bool(found.not_codes), any(v is not None for v in numbers.values())]
    if keys.raw and sum(kinds) != 1:
        keys.say(
            "",
            f"asks nothing, or two things at once; write codes, not_codes, or bounds ({', '.join(BOUNDS)})",
        )
    if ("from" in keys.raw and "above" in keys.raw) or ("until" in keys.raw and "at_most" in keys.raw):
        keys.say("", "has two bounds on one side")
    return found


def _part(where: str, raw: Any, problems: list[str]) -> Part:
    keys = Keys(where, raw, problems, ("label", "unit", "count", "amount", "weight", "where"))
    unit = keys.choice("unit", UNITS)
    requested = keys.raw.get("amount") == "requested"
    part = Part(
        label=keys.text("label"),
        unit=unit,
        count_fact=(keys.text("count", wanted=False) or "enrollment") if unit == "pupil" else None,
        amount=None if requested else keys.number("amount", "dollars", wanted=False),
        is_requested=requested,
        weight=keys.number("weight", wanted=False),
        where=read_conditions(keys, "where"),
    )
    if keys.raw and ("amount" in keys.raw) == ("weight" in keys.raw):
        keys.say("", "needs either an amount (dollars, or the word requested) or a weight")
    if requested and unit != "school":
        keys.say("amount", "is requested; only the unit school has requests")
    if "count" in keys.raw and unit != "pupil":
        keys.say("count", f"means nothing for the unit {unit}")
    return part


def _place(where: str, raw: Any, problems: list[str]) -> Place:
    keys = Keys(where, raw, problems, ("label", "where"))
    return Place(keys.text("label"), read_conditions(keys, "where"))


def _limits(keys: Keys) -> tuple[str | None, tuple[Limit, ...], bool, Decimal | None]:
    """Answer to minimums, minimums and caps of schools, whether requests cap, cap of LEAs."""
    answer, limits, requested, lea_cap = None, [], False, None
    if keys.raw.get("minimum") is not None:
        below = Keys(f"{keys.where}.minimum", keys.raw["minimum"], keys.problems, ("answer", "amount"))
        answer = below.choice("answer", ANSWERS)
        limits += _by_category(below, "amount", "minimum", wanted=True)
    if keys.raw.get("caps") is not None:
        above = Keys(f"{keys.where}.caps", keys.raw["caps"], keys.problems, ("school", "lea", "requested"))
        limits += _by_category(above, "school", "school_cap", wanted=False)
        requested = above.flag("requested", False)
        lea_cap = above.number("lea", "dollars", wanted=False)
    return answer, tuple(limits), requested, lea_cap


def _by_category(keys: Keys, key: str, kind: str, *, wanted: bool) -> list[Limit]:
    """Dollars for all schools, or a mapping of category to dollars."""
    value = keys.raw.get(key)
    if value is None:
        if wanted and keys.raw:
            keys.say(key, "is missing")
        return []
    each = value if isinstance(value, dict) else {ALL_CATEGORIES: value}
    numbers = {str(c): keys.as_number(f"{key}.{c}", v, "dollars") for c, v in each.items()}
    return [Limit(kind, c, n) for c, n in numbers.items() if n is not None]


def _agreement(keys: Keys, method: Method) -> None:
    """Settings that mean nothing beside each other."""
    weights = any(p.weight is not None for p in method.parts)
    if not method.parts and isinstance(keys.raw.get("parts"), list):
        keys.say("parts", "is empty; without a part nobody claims anything")
    if weights and method.fill != "scale_to_pool":
        keys.say(
            "fill", f"is {method.fill}, but a part has a weight: weights share a pool with scale_to_pool"
        )
    if not weights and method.fill == "scale_to_pool":
        keys.say(
            "fill",
            "is scale_to_pool, but no part has a weight to share by; write weights, or ratable_if_over",
        )
    if method.most_per_unit is not None and not weights:
        keys.say("most_per_unit", "means nothing without a weight")
    if method.order and not any(not p.where for p in method.order[-1:]):
        keys.say("order", "must end with a line without conditions, so that every school has a place")
    if method.fill != "priority_cut" and "last_award" in keys.raw:
        keys.say("last_award", "means nothing without the fill priority_cut")
    if method.minimum_answer == "raise" and method.fill == "priority_cut":
        keys.say("minimum.answer", "is raise; a list that is cut off raises nobody: write drop")
    if method.kind == "competitive" and method.fill == "scale_to_pool":
        keys.say(
            "kind", "is competitive, but nothing is decided by place or score; write the fill priority_cut"
        )
