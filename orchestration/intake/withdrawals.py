"""What the state withdrew: decided in the archive, brought into the lake, read by whoever asks what stands.

The archive's record is the commit point. Each decision becomes a lake batch of its own, so that a lake made
again from the archive holds the same; a process killed between the two leaves a decision that the next
night, or the next decision, brings into the lake.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from orchestration import lake
from orchestration.decisions import Decision, What, decisions, in_force, record
from orchestration.errors import ConfigError
from orchestration.intake.assemble import REFUSED
from orchestration.settings import Settings

TABLE, KIND = "intake__withdrawals", "withdrawals"
LONGEST = 500  # characters of a reason or a name; it is shown on one line of the LEA's history


@dataclass(frozen=True)
class Withdrawn:
    """A submission that does not count: since when (UTC), and why."""

    at: datetime
    because: str


def bring_into_lake(settings: Settings) -> int:
    """Write every decision of the archive that the lake does not hold yet; how many."""
    held = {b.name for b in lake.batches(settings.lake) if b.info.get("kind") == KIND}
    new = [d for d in decisions(settings.archive) if f"{d.name}-{KIND}" not in held]
    for decision in new:
        writer = lake.BatchWriter(settings.lake, f"{decision.name}-{KIND}")
        row = {c: getattr(decision, c) for c in lake.table_columns()[TABLE]}
        writer.write(TABLE, pa.Table.from_pylist([row], schema=lake.arrow_schema(TABLE)))
        writer.commit({"kind": KIND, "decided_at": decision.decided_at.isoformat()})
    return len(new)


def decisions_made(root: UPath) -> list[Decision]:
    """Every decision that a lake holds."""
    made = []
    for path in lake.parts(root).get(TABLE, []):
        with path.open("rb") as f:
            made += [Decision(**row) for row in pq.read_table(f).to_pylist()]
    return made


def withdrawn(root: UPath, as_of: datetime) -> dict[str, Withdrawn]:
    """The submissions that are withdrawn at a time, by ID, as the lake says."""
    made = in_force(decisions_made(root), as_of)
    return {s: Withdrawn(d.decided_at, d.reason) for s, d in made.items()}


def decide(
    settings: Settings,
    what: What,
    submission_id: str,
    reason: str,
    decided_by: str,
    at: datetime,
    *,
    not_before: datetime | None = None,
) -> Decision:
    """Withdraw a submission, or restore one that was withdrawn, from a time on.

    Args:
        settings: the home; the caller holds its writer lock.
        what: `withdraw` or `restore`.
        submission_id: as `fct_submission`, receipts and histories name it.
        reason: why, in words that the LEA reads.
        decided_by: who decided for the state.
        at: when (UTC).
        not_before: as-of time of the release that stands: it was made without the decision, and must come
            out the same when it is made again.

    Raises:
        ConfigError: no such submission, nothing to withdraw or restore, no reason, nobody, or a time
            that lies before an earlier decision on it, its arrival, or the release that stands.
    """
    if not_before and at <= not_before:
        raise ConfigError(
            f"a decision of {at} would change the release as of {not_before}, which stands; give a later time, "
            "or none"
        )
    reason, decided_by = _line(reason, "a reason", "--reason"), _line(decided_by, "who decided", "--by")
    bring_into_lake(settings)
    outcome, received_at = _submission(settings.lake, submission_id)
    made = [d for d in decisions(settings.archive) if d.submission_id == submission_id]
    last = made[-1] if made else None
    if outcome == REFUSED and what == "withdraw":
        raise ConfigError(
            f"{submission_id} was refused: nothing of it counts, so there is nothing to withdraw"
        )
    if at < received_at:
        raise ConfigError(f"{submission_id} arrived at {received_at}; a decision on it cannot be of {at}")
    if last and at <= last.decided_at:
        raise ConfigError(
            f"the last decision on {submission_id} is of {last.decided_at}; give a later time than that"
        )
    is_withdrawn = last is not None and last.decision == "withdraw"
    if last and is_withdrawn and what == "withdraw":
        raise ConfigError(
            f"{submission_id} is withdrawn already, since {last.decided_at} by {last.decided_by}: {last.reason}"
        )
    if not is_withdrawn and what == "restore":
        raise ConfigError(f"{submission_id} is not withdrawn, so there is nothing to restore")
    decision = Decision(at, submission_id, what, reason, decided_by)
    record(settings.archive, decision)
    bring_into_lake(settings)
    return decision


def _line(text: str, what: str, option: str) -> str:
    """The text on one line, without what could steer a terminal or a page."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not line:
        raise ConfigError(f"say {what} ({option}); the LEA is told and the archive keeps it")
    if len(line) > LONGEST:
        raise ConfigError(f"{option} has {len(line):,} characters; at most {LONGEST} fit")
    return line


def _submission(root: UPath, submission_id: str) -> tuple[str, datetime]:
    """Outcome and arrival of a submission that the lake holds."""
    known: dict[str, tuple[str, datetime]] = {}
    columns = ["submission_id", "outcome", "received_at"]
    for path in lake.parts(root).get("intake__submissions", []):
        with path.open("rb") as f:
            rows = pq.read_table(f, columns=columns).to_pylist()
        known |= {r["submission_id"]: (r["outcome"], r["received_at"]) for r in rows}
    if submission_id in known:
        return known[submission_id]
    near = get_close_matches(submission_id, known, n=5, cutoff=0.75)
    folder = submission_id.rpartition("-")[0] or submission_id
    near += sorted((s for s in known if s.rpartition("-")[0] == folder), key=lambda s: known[s][1])[-5:]
    hint = f"; near it are {', '.join(dict.fromkeys(near))}" if near else ""
    raise ConfigError(
        f"no submission {submission_id!r} was taken in{hint}. Its ID stands at the foot of its receipt and in "
        "fct_submission"
    )
