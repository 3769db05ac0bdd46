"""What the state decided about a submission: withdrawn, and brought back; by whom, when and why.

    archive/decisions/<decided_at>-<hash>.json     one decision, written once and never changed

Decisions are part of the archive, because what stands cannot be made again without them. Like an arrival,
one counts from its own time on: in a night as of an earlier time it has not been made.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, cast

from upath import UPath

from orchestration import storage

What = Literal["withdraw", "restore"]


@dataclass(frozen=True, order=True)
class Decision:
    """One decision.

    Args:
        decided_at: when (UTC); it counts from then on.
        submission_id: the file it is about.
        decision: `withdraw` (nothing of the file counts) or `restore` (it counts again).
        reason: why, in words that its LEA reads.
        decided_by: who decided.
    """

    decided_at: datetime
    submission_id: str
    decision: What
    reason: str
    decided_by: str

    @property
    def name(self) -> str:
        """A name for exactly this decision, in order of time: equal decisions, equal names."""
        facts = {**asdict(self), "decided_at": self.decided_at.isoformat()}
        digest = hashlib.sha256(storage.canonical_json(facts)).hexdigest()
        return f"{self.decided_at:%Y%m%dT%H%M%S%f}-{digest[:8]}"


def record(archive: UPath, decision: Decision) -> None:
    """Write a decision into the archive, whole or not at all."""
    facts = {**asdict(decision), "decided_at": decision.decided_at.isoformat()}
    storage.write_json(archive / "decisions" / f"{decision.name}.json", facts)


def decisions(archive: UPath) -> list[Decision]:
    """Every decision, in order of time; ties in order of submission."""
    folder = archive / "decisions"
    if not folder.exists():
        return []
    found = []
    for path in folder.iterdir():
        if path.name.endswith(".json"):
            raw = storage.read_json(path)
            found.append(
                Decision(
                    datetime.fromisoformat(raw["decided_at"]),
                    raw["submission_id"],
                    cast(What, raw["decision"]),
                    raw["reason"],
                    raw["decided_by"],
                )
            )
    return sorted(found)


def in_force(made: list[Decision], as_of: datetime) -> dict[str, Decision]:
    """By submission the withdrawal that holds at a time; a submission that was restored is not there."""
    last = {d.submission_id: d for d in sorted(made) if d.decided_at <= as_of}
    return {s: d for s, d in last.items() if d.decision == "withdraw"}
