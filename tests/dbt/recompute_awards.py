"""The awards of a fiscal year, recomputed from its state with fractions: plain, slow, and not from the models' SQL.

The level is found by bisection between the points where some claim's line bends, and then exactly; the models
find it by running sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from award_states import School, State

from orchestration.allocation.model import Condition, Method


@dataclass(frozen=True)
class Claim:
    """One claim in cents and units; `high` is None without an end."""

    org: str
    lea: str
    priority: tuple[Any, ...]
    fixed: int
    units: int
    low: int
    high: int | None

    def at(self, stage: int, level: Fraction) -> Fraction:
        """What it gets at a level: a share of its fixed amount in stage 1, dollars a unit besides in stage 2."""
        value = self.fixed * level if stage == 1 else self.fixed + self.units * level
        value = max(value, Fraction(self.low))
        return value if self.high is None else min(value, Fraction(self.high))


class TooLittle(Exception):
    """The smallest awards are more than the money."""


def holds(condition: Condition, facts: Mapping[str, Any]) -> bool:
    """Whether a condition holds."""
    value = facts.get(condition.fact)
    if condition.not_codes:
        return not isinstance(value, str) or value not in condition.not_codes
    if condition.codes:
        return isinstance(value, str) and value in condition.codes
    if value is None or isinstance(value, str):
        return False
    number = Fraction(str(value))
    low, above = condition.from_number, condition.above_number
    until, at_most = condition.until_number, condition.at_most_number
    return (
        (low is None or number >= Fraction(low))
        and (above is None or number > Fraction(above))
        and (until is None or number < Fraction(until))
        and (at_most is None or number <= Fraction(at_most))
    )


def all_hold(where: Sequence[Condition], facts: Mapping[str, Any]) -> bool:
    """Whether all conditions hold."""
    return all(holds(c, facts) for c in where)


def cents(dollars: Any) -> int:
    """Dollars as whole cents."""
    return int(Fraction(str(dollars)) * 100)


def limit(method: Method, kind: str, category: str) -> int | None:
    """The limit of a category in cents, its own before the one for all."""
    found = {x.category: cents(x.amount) for x in method.limits if x.kind == kind}
    return found.get(category, found.get("all"))


def school_claim(method: Method, org: str, school: School, rank: int | None) -> Claim | None:
    """What a school claims; None where it claims nothing."""
    facts = school.all_facts()
    if not school.eligible or not all_hold(method.eligible, facts):
        return None
    asked = full = units = 0
    requested = False
    for part in method.parts:
        if part.unit == "lea" or not all_hold(part.where, facts):
            continue
        count = 100 if part.unit == "school" else int(Fraction(str(facts.get(part.count_fact, 0))) * 100)
        if part.is_requested:
            requested = True
            asked += cents(school.requested or 0)
        elif part.weight is not None:
            units += int(Fraction(part.weight) * 10_000) * count
        else:
            full += cents(part.amount) * count // 100
    if (method.caps_requested or requested) and school.requested is None:
        return None
    level = int(Fraction(method.planning_year_percent) * 10_000) if school.planning else 1_000_000
    fixed, units = asked + full * level // 1_000_000, units * level // 1_000_000
    low = (limit(method, "minimum", school.category) or 0) * level // 1_000_000
    highs = [limit(method, "school_cap", school.category)]
    if method.caps_requested:
        highs.append(cents(school.requested))
    if method.most_per_unit is not None:
        highs.append(fixed + units * int(Fraction(method.most_per_unit) * 10_000) // 100_000_000)
    ends = [h for h in highs if h is not None]
    high = min(ends) if ends else None
    if fixed + units == 0 or (high is not None and high < low):
        return None
    place = next((n for n, p in enumerate(method.order, 1) if all_hold(p.where, facts)), 0)
    return Claim(org, school.lea, (place, rank is None, rank or 99, org), fixed, units, low, high)


def claims_of(state: State, method: Method) -> list[Claim]:
    """All claims: of schools, and of LEAs that have one."""
    promised = {p["org_id"] for p in state.promises if p.get("paid", True)}
    found = []
    for org, school in state.schools.items():
        claim = school_claim(method, org, school, state.ranks.get(school.lea))
        if claim and not (org in promised and method.continuing_schools == "once"):
            found.append(claim)
    for lea in sorted({c.lea for c in found}):
        facts = state.lea_facts.get(lea, {})
        parts = [p for p in method.parts if p.unit == "lea" and all_hold(p.where, facts)]
        fixed = sum(cents(p.amount) for p in parts if p.amount is not None)
        units = sum(int(Fraction(p.weight) * 1_000_000) for p in parts if p.weight is not None)
        if fixed + units:
            found.append(Claim(lea, lea, (-1, False, 0, lea), fixed, units, 0, None))
    return found


def poured(claims: Sequence[Claim], pool: int) -> dict[str, int]:
    """Whole cents of each claim at the level that spends the pool, by largest remainder, the lower ID first."""
    if sum(c.low for c in claims) > pool:
        raise TooLittle
    bends = {Fraction(0), Fraction(1)}
    stage = 2 if sum(c.at(2, Fraction(0)) for c in claims) <= pool else 1
    for c in claims:
        for end in (c.low, c.high):
            if end is None:
                continue
            if stage == 1 and c.fixed:
                bends.add(Fraction(end, c.fixed))
            if stage == 2 and c.units and end >= c.fixed:
                bends.add(Fraction(end - c.fixed, c.units))
    ordered = sorted(bends)
    below, above = 0, len(ordered)  # the level lies from the bend `below` on
    while above - below > 1:
        middle = (below + above) // 2
        if sum(c.at(stage, ordered[middle]) for c in claims) <= pool:
            below = middle
        else:
            above = middle
    start = ordered[below]
    after = ordered[below + 1] if below + 1 < len(ordered) else start + 1
    cost, more = (sum(c.at(stage, x) for c in claims) for x in (start, after))
    level = start + (pool - cost) * (after - start) / (more - cost) if more > cost else start
    exact = {c.org: c.at(stage, level) for c in claims}
    found = {org: int(value) for org, value in exact.items()}
    over = int(sum(exact.values())) - sum(found.values())
    for org in sorted(exact, key=lambda o: (found[o] - exact[o], o))[:over]:
        found[org] += 1
    return found


def kept(claims: Sequence[Claim], pool: int) -> list[Claim]:
    """The claims that reach their smallest award: as many as can, in the order of the level they need."""

    def needs(c: Claim) -> tuple[int, Fraction] | None:
        if c.low <= c.fixed:
            return 1, Fraction(c.low, max(c.fixed, 1))
        return (2, Fraction(c.low - c.fixed, c.units)) if c.units else None

    free = [c for c in claims if c.low == 0]
    able = sorted(
        ((need, c.priority, c) for c in claims if c.low > 0 and (need := needs(c)) is not None),
        key=lambda x: x[:2],
    )
    for n in range(len(able), 0, -1):
        (stage, level), _, _ = able[n - 1]
        inside = [c for _, _, c in able[:n]]
        if sum(c.at(stage, level) for c in [*inside, *free]) <= pool:
            return [*free, *inside]
    return free


def listed(method: Method, claims: Sequence[Claim], pool: int, paid: Mapping[str, int]) -> dict[str, int]:
    """Whole cents of each claim of a priority list."""
    found: dict[str, int] = {}
    spent: dict[str, int] = {}
    left, ended = pool, False
    for c in sorted(claims, key=lambda c: c.priority):
        wanted = c.fixed if c.high is None else min(c.fixed, c.high)
        within = wanted if wanted >= c.low else 0
        if method.lea_cap is not None and within:
            room = cents(method.lea_cap) - paid.get(c.lea, 0) - spent.get(c.lea, 0)
            within = min(within, room) if min(within, room) >= max(c.low, 1) else 0
        spent[c.lea] = spent.get(c.lea, 0) + wanted
        if not ended and within <= left:
            found[c.org] = within
            left -= within
        else:
            partial = not ended and method.last_award == "partial" and left >= max(c.low, 1)
            found[c.org], ended = left if partial else 0, True
    return found


def new_awards(state: State, method: Method) -> dict[str, int]:
    """Cents of the new money by school and LEA; those with none left out.

    Raises:
        TooLittle: the smallest awards are more than the money.
    """
    paid: dict[str, int] = {}
    for p in state.promises:
        paid[p["lea_id"]] = paid.get(p["lea_id"], 0) + cents(p["amount"])
    pool = state.pool if state.appropriation is None else min(state.pool, cents(state.appropriation))
    pool -= sum(paid.values())
    claims = claims_of(state, method)
    if method.fill == "priority_cut":
        found = listed(method, claims, pool, paid)
    else:
        drops = method.minimum_answer == "drop"
        if method.lea_cap is not None:
            claims = _within_leas(claims, cents(method.lea_cap), paid, drops)
        found = poured(kept(claims, pool) if drops else claims, pool)
    return {org: c for org, c in sorted(found.items()) if c}


def _within_leas(claims: Sequence[Claim], cap: int, paid: Mapping[str, int], drops: bool) -> list[Claim]:
    found = []
    for lea in sorted({c.lea for c in claims}):
        inside, room = [c for c in claims if c.lea == lea], max(cap - paid.get(lea, 0), 0)
        if drops:
            inside = kept(inside, room)
        filled = poured(inside, room)
        binds = sum(filled.values()) >= room
        found += [Claim(**{**vars(c), "high": filled[c.org]}) if binds else c for c in inside]
    return found
