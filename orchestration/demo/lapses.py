"""What plans leave out or write otherwise than they should: some none of it, some a good deal."""

from __future__ import annotations

import random
from collections.abc import Sequence

from orchestration.demo.words import generator, weighted

# chance that a thing that can be missed is missed, by how careful the plan's writers are
CARE = {0.0: 0.4, 0.06: 0.4, 0.2: 0.2}


class Lapses:
    """The lapses of one organization's plan: as careful in all its parts."""

    def __init__(self, rng: random.Random, seed: int, org_id: str) -> None:
        """Draw from `rng`, as often as the organization is careless."""
        self._rng = rng
        self._rate = weighted(generator(seed, org_id, "care"), CARE)

    def happens(self, share: float = 1.0) -> bool:
        """Whether one does, `share` times as often as usual."""
        return self._rng.random() < self._rate * share

    def among(self, names: Sequence[str], share: float = 1.0) -> tuple[str, ...]:
        """Those of the names that lapse: one of them, or most often none."""
        return (self._rng.choice(list(names)),) if self.happens(share) else ()
