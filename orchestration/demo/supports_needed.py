"""The supports of a simulated plan: who needed, got and used which, and what each truly did."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from orchestration.demo.words import weighted, words

EFFECT = 0.35  # gained chance of an action of the practice to be on time, by a support that works
HOW_MANY = {0: 0.2, 1: 0.25, 2: 0.27, 3: 0.18, 4: 0.1}
FOR_THE_WEAK = 0.6  # share of supports asked for where a practice is weak; the others anywhere
PROVIDED, USED, WORKING = 0.8, 0.88, 0.55
SAID_OF = {  # what people say of a support: mostly, not always, what it did
    True: {"effective": 0.6, "somewhat_effective": 0.3, "not_effective": 0.1},
    False: {"effective": 0.15, "somewhat_effective": 0.35, "not_effective": 0.5},
}
SAYS_NOTHING = 0.08


@dataclass(frozen=True)
class SupportTruth:
    """One support, with what it truly did.

    Args:
        number: 1, 2, 3 … by the day of asking.
        provided_on: None where it never came.
        used_from: None where it was never used.
        effect: gain in the on-time chance of the organization's actions of the practice due from
            `provided_on` on; 0 where it does nothing.
        said: effectiveness as reported; None where nothing is said.
        codes: which of strategy and practice the report names.
    """

    number: int
    strategy: str
    practice: str
    description: str
    needed_on: date
    provided_on: date | None
    used_from: date | None
    provider_kind: str
    provider: str
    how_used: str
    effect: float
    said: str | None
    codes: tuple[str, ...]

    def helps_on(self, day: date) -> bool:
        """Whether it can act on an action due that day."""
        return self.provided_on is not None and self.provided_on <= day


def supports_needed(
    rng: random.Random, strategies: Sequence[tuple[str, str]], weak: Collection[str], first_day: date
) -> list[SupportTruth]:
    """The supports of a year, in order of the day of asking.

    Args:
        strategies: code and main practice of each.
        weak: practices that come hard to the organization.
    """
    drawn = sorted(
        (_one(rng, strategies, weak, first_day) for _ in range(weighted(rng, HOW_MANY))),
        key=lambda s: s.needed_on,
    )
    return [SupportTruth(**{**s.__dict__, "number": n}) for n, s in enumerate(drawn, 1)]


def _one(
    rng: random.Random, strategies: Sequence[tuple[str, str]], weak: Collection[str], first_day: date
) -> SupportTruth:
    hard = [s for s in strategies if s[1] in weak]
    strategy, practice = rng.choice(hard if hard and rng.random() < FOR_THE_WEAK else list(strategies))
    needed = first_day + timedelta(days=rng.randint(10, 200))
    provided = needed + timedelta(days=rng.randint(7, 60)) if rng.random() < PROVIDED else None
    used = provided + timedelta(days=rng.randint(20, 60)) if provided and rng.random() < USED else None
    works = used is not None and rng.random() < WORKING
    kind = weighted(rng, {"lea": 0.45, "sea": 0.2, "vendor": 0.2, "peer": 0.1, "other": 0.05})
    said = weighted(rng, SAID_OF[works])
    if rng.random() < SAYS_NOTHING or provided is None:
        heard = None
    else:
        heard = said if used else "not_used"
    names = rng.random()
    return SupportTruth(
        number=0,
        strategy=strategy,
        practice=practice,
        description=rng.choice(words()["supports"]),
        needed_on=needed,
        provided_on=provided,
        used_from=used,
        provider_kind=kind,
        provider=rng.choice(words()["providers"][kind]),
        how_used=rng.choice(words()["uses"][:-1]),
        effect=EFFECT if works else 0.0,
        said=heard,
        codes=("practice_code",)
        if names < 0.06
        else ("strategy_code",)
        if names < 0.12
        else ("strategy_code", "practice_code"),
    )
