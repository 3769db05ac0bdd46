"""The gate's record (gate.json): the verdict, written whole or not at all, and read with distrust."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration import storage
from orchestration.errors import GateRefusedError
from orchestration.gate.verdict import CheckResult, GateVerdict, MartVerdict, PublicTable


def remove_record(record: Path) -> None:
    """Take an older record away for good, so that a gate killed half-way leaves none."""
    if record.exists():
        record.unlink()
        storage.fsync_folder(record.parent)


def write_record(record: Path, verdict: GateVerdict) -> None:
    """Write the verdict; the last thing a gate does."""
    storage.write_json(record, as_json(verdict))


def as_json(verdict: GateVerdict) -> dict[str, Any]:
    """The verdict as JSON holds it."""
    return {**asdict(verdict), "as_of": verdict.as_of.isoformat() if verdict.as_of else None}


def read_record(record: Path) -> GateVerdict:
    """The verdict in a record.

    Raises:
        GateRefusedError: there is no record, or it is not one that the gate wrote.
    """
    if not record.is_file():
        raise GateRefusedError(
            f"there is no gate record at {record}: the candidate has not been through the gate; run the gate"
        )
    try:
        raw = storage.read_json(record)
        marts = tuple(
            MartVerdict(**{**m, "checks": tuple(CheckResult(**c) for c in m["checks"])}) for m in raw["marts"]
        )
        return GateVerdict(
            passed=raw["passed"],
            candidate_sha256=raw["candidate_sha256"],
            as_of=datetime.fromisoformat(raw["as_of"]) if raw["as_of"] else None,
            marts=marts,
            problems=tuple(raw["problems"]),
            # a record from before there was a public audience lets nothing be published to it
            public=tuple(PublicTable(**p) for p in raw.get("public", [])),
        )
    except (ValueError, TypeError, KeyError) as e:
        raise GateRefusedError(
            f"the gate record {record} cannot be understood ({e!r}); run the gate again"
        ) from e
