"""What is true of a simulated state: which practices help, who stalls or wanes, which supports work.

What LEAs report follows from it and from chance; it is written beside the files for tests to compare
with (docs/simulation.md), and nothing of the pipeline reads it. Everything here comes from the seed and
the names of things, so that it is the same whoever else is simulated and for which months.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from orchestration.demo.supports_needed import SupportTruth, supports_needed
from orchestration.demo.words import generator, weighted, words
from orchestration.demo.world import Organization

# Added to a goal measure's yearly gain, as a share of the year's aimed gain, by a practice fully carried out.
STRONG, SOME, NONE = (0.95, 1.25), (0.5, 0.7), (0.0, 0.1)
STRONG_PRACTICES, SOME_PRACTICES = 4, 3  # of the twelve; the others change nothing for students

TRENDS = {"improving": 0.3, "steady": 0.52, "waning": 0.18}  # chance of each, by organization and year
IMPROVING = 0.025  # gained chance of an action to be on time, a month
WANING, WANING_MOST = 0.09, 0.6  # lost chance a month from the onset on, and at most
WEAK_SHARE, WEAK = 0.25, -0.25  # of a plan's practices; loss of the on-time chance in a weak one
STALLS = {"lea": 0.06, "organization": 0.08, "practice": 0.10}  # chance of each, by year


@dataclass(frozen=True)
class PracticeTruth:
    """A practice: what it does for students where it is carried out, and how easy it is everywhere."""

    effect: float
    ease: float

    @property
    def helps(self) -> bool:
        """Whether it changes anything for students."""
        return self.effect > NONE[1]


@dataclass(frozen=True)
class Spell:
    """Days in which things truly go worse; the last day is not included.

    Args:
        kind: `stall`, in which no work advances, or `waning`, in which ever more of it comes late.
        scope: whose it is: the whole `lea`'s, the `organization`'s, or of one `practice` of it.
        practice: that practice; None where it is of all.
    """

    kind: str
    scope: str
    practice: str | None
    begin: date
    end: date

    def hits(self, practice: str) -> bool:
        """Whether it is about work on that practice."""
        return self.practice in (None, practice)

    def days_in(self, begin: date, end: date) -> int:
        """Days of the spell from begin to end."""
        return max(0, (min(self.end, end) - max(self.begin, begin)).days)


@dataclass(frozen=True)
class YearTruth:
    """What is true of one organization in one school year.

    Args:
        skill: chance that an action is done by its due day, before all else.
        trend: improving, steady or waning.
        weak: practices that come hard to this organization.
    """

    skill: float
    trend: str
    first_day: date
    weak: frozenset[str]
    spells: tuple[Spell, ...]
    supports: tuple[SupportTruth, ...]

    def on_time_chance(self, practice: str, due: date, ease: float) -> float:
        """Chance that an action of that practice, due then, is done by then."""
        chance = self.skill + ease + (WEAK if practice in self.weak else 0.0)
        if self.trend == "improving":
            chance += IMPROVING * (due - self.first_day).days / 30
        for spell in self.spells:
            if spell.kind == "waning" and spell.hits(practice) and due > spell.begin:
                chance -= min(WANING * (1 + (due - spell.begin).days / 30), WANING_MOST)
        chance += max(
            (s.effect for s in self.supports if s.practice == practice and s.helps_on(due)), default=0.0
        )
        return min(max(chance, 0.03), 0.98)

    def stall_of(self, practice: str) -> Spell | None:
        """The stall that work on a practice is in for some of the year."""
        return next((s for s in self.spells if s.kind == "stall" and s.hits(practice)), None)


@cache
def practice_truths(seed: int) -> dict[str, PracticeTruth]:
    """Every practice's truth; which ones help is drawn anew for each seed."""
    rng = generator(seed, "practices")
    order = rng.sample(sorted(words()["practices"]), len(words()["practices"]))
    truths = {}
    for n, practice in enumerate(order):
        size = STRONG if n < STRONG_PRACTICES else SOME if n < STRONG_PRACTICES + SOME_PRACTICES else NONE
        ease = generator(seed, "practice", practice).uniform(-0.07, 0.07)
        truths[practice] = PracticeTruth(round(rng.uniform(*size), 3), ease)
    return dict(sorted(truths.items()))


def year_truth(
    seed: int, org: Organization, school_year: str, strategies: Sequence[tuple[str, str]], first_day: date
) -> YearTruth:
    """The truth of an organization's year.

    Args:
        strategies: code and main practice of each strategy of its plan.
        first_day: first day of work in the school year.
    """
    lea = generator(seed, org.lea_id, "progress of all", school_year)
    lea_skill, lea_stall = lea.gauss(0.0, 0.06), _stall(lea, "lea", None, first_day)
    rng = generator(seed, org.org_id, "truth", school_year)
    lasting = generator(seed, org.org_id, "skill").gauss(0.0, 0.07)  # stays from year to year
    skill = min(max(rng.gauss(0.83, 0.06) + lasting + lea_skill, 0.4), 0.97)
    trend = weighted(rng, TRENDS)
    practices = sorted({practice for _, practice in strategies})
    weak = frozenset(p for p in practices if rng.random() < WEAK_SHARE)
    own = _stall(rng, "organization", None, first_day)
    of_practice = _stall(rng, "practice", rng.choice(practices), first_day)
    stall = lea_stall or own or of_practice
    spells = [stall] if stall else []
    onset = first_day + timedelta(days=rng.randint(40, 150))
    only = rng.choice(practices) if rng.random() < 0.4 else None
    if trend == "waning":
        end = first_day + timedelta(days=304)  # ten months on: the next year begins anew
        spells.append(Spell("waning", "practice" if only else "organization", only, onset, end))
    supports = supports_needed(
        generator(seed, org.org_id, "supports", school_year), strategies, weak, first_day
    )
    return YearTruth(skill, trend, first_day, weak, tuple(spells), tuple(supports))


def _stall(rng: random.Random, scope: str, practice: str | None, first_day: date) -> Spell | None:
    """Two to four months without progress, or none."""
    begin = first_day + timedelta(days=rng.randint(45, 190))
    end = begin + timedelta(days=rng.randint(55, 120))
    return Spell("stall", scope, practice, begin, end) if rng.random() < STALLS[scope] else None
