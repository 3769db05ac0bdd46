"""What `allocation.yaml` says, checked: methods, which of them is in force when, and what was recorded beside."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

UNITS = ("school", "pupil", "lea")
KINDS = ("formula", "competitive")
FILLS = ("scale_to_pool", "ratable_if_over", "priority_cut")
ANSWERS = ("raise", "drop")
LAST_AWARDS = ("none", "partial")
CONTINUING = ("once", "again")
GEOGRAPHY = ("told", "required")
GROUPS = ("region", "locale")
ALL_CATEGORIES = "all"


@dataclass(frozen=True)
class Condition:
    """One condition on a fact of a school or LEA. A fact that is not known meets none but `not_codes`.

    Args:
        fact: name of the fact, as in `int_1003_facts`.
        codes: it holds where the fact is one of these texts.
        not_codes: it holds where the fact is none of these texts, or not known.
        from_number, above_number: lower bound, inside or outside.
        until_number, at_most_number: upper bound, outside or inside.
        label: words for people.
    """

    fact: str
    codes: tuple[str, ...] = ()
    not_codes: tuple[str, ...] = ()
    from_number: Decimal | None = None
    above_number: Decimal | None = None
    until_number: Decimal | None = None
    at_most_number: Decimal | None = None
    label: str = ""


@dataclass(frozen=True)
class Part:
    """What a school or LEA claims where all conditions hold: dollars or a weight, once or by a count.

    Args:
        label: words for people, in the steps of an award.
        unit: school, pupil (times `count_fact` of the school) or lea.
        count_fact: the fact that counts, for the unit pupil.
        amount: dollars; None where it is requested or a weight.
        is_requested: whether the dollars are those asked for.
        weight: share of what the amounts leave of the pool.
        where: conditions.
    """

    label: str
    unit: str
    count_fact: str | None
    amount: Decimal | None
    is_requested: bool
    weight: Decimal | None
    where: tuple[Condition, ...]


@dataclass(frozen=True)
class Place:
    """One line of a priority list."""

    label: str
    where: tuple[Condition, ...]


@dataclass(frozen=True)
class Limit:
    """A smallest award or a cap of a school, for one category of designation or for `all`."""

    kind: str  # minimum or school_cap
    category: str
    amount: Decimal


@dataclass(frozen=True)
class Method:
    """A method of awarding. Meaning of each setting: docs/awards.md."""

    name: str
    title: str
    citation: str
    confirmed: bool
    kind: str
    eligible: tuple[Condition, ...]
    parts: tuple[Part, ...]
    fill: str
    most_per_unit: Decimal | None
    minimum_answer: str | None
    limits: tuple[Limit, ...]
    caps_requested: bool
    lea_cap: Decimal | None
    order: tuple[Place, ...]
    last_award: str
    lea_retained_percent: Decimal
    years: int
    planning_year_percent: Decimal
    continuing_schools: str
    geography: str


@dataclass(frozen=True)
class InForce:
    """From which fiscal year until which (the first no longer) a method is the state's own."""

    method: str
    from_fiscal_year: int
    until_fiscal_year: int | None
    citation: str
    confirmed: bool


@dataclass(frozen=True)
class Appropriation:
    """Dollars that the state's own budget lets go to LEAs in a fiscal year: awards end there."""

    fiscal_year: int
    amount: Decimal
    citation: str
    confirmed: bool


@dataclass(frozen=True)
class Justification:
    """Why a region or locale with eligible LEAs has no award."""

    fiscal_year: int
    group_kind: str
    group_name: str
    justification: str


@dataclass(frozen=True)
class Allocation:
    """A state's `allocation.yaml`; all empty for a state without one, which awards nothing."""

    methods: tuple[Method, ...] = ()
    in_force: tuple[InForce, ...] = ()
    appropriations: tuple[Appropriation, ...] = ()
    justifications: tuple[Justification, ...] = ()
    sha256: str = field(default="")
