"""A trouble: what is wrong, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "run_failed",
    "gate_refused",
    "feed_stale",
    "release_late",
    "leas_missing",
    "rejects_surged",
    "look_failed",
]


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong.

    Args:
        kind: which of the kinds.
        subject: what it is about (a feed, a month), so that two of a kind are told apart.
        what: what is wrong, for a person; may change while the trouble stands.
        do: what to do about it.
        event: what happened anew, where something did (the run that failed); blank for a state of things.
    """

    kind: Kind
    subject: str
    what: str
    do: str
    event: str = ""

    @property
    def key(self) -> str:
        """By this a trouble is the same as the last time."""
        return f"{self.kind}:{self.subject}"
