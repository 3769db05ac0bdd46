"""The commonest causes of findings in some batches, for the run's own page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow.parquet as pq
from upath import UPath

from orchestration import lake

COLUMNS = ["submission_id", "rule_id", "severity", "table_name"]


@dataclass(frozen=True)
class Cause:
    """One rule that fired: in which table (blank: the file as a whole), how often, in how many files."""

    rule: str
    severity: str
    table: str
    findings: int
    files: int


def commonest(root: UPath, batches: Iterable[str], most: int = 10) -> list[Cause]:
    """The causes of the findings in those batches of the lake, the commonest first.

    Args:
        root: the lake.
        batches: their names.
        most: at most so many.
    """
    wanted = set(batches)
    findings: Counter[tuple[str, str, str]] = Counter()
    files: dict[tuple[str, str, str], set[str]] = {}
    chosen = [b for b in lake.batches(root) if b.name in wanted] if wanted else []
    for path in lake.parts(root, chosen).get("intake__findings", []):
        with path.open("rb") as f:
            rows = pq.read_table(f, columns=COLUMNS)
        for row in rows.to_pylist():
            key = (row["rule_id"], row["severity"], row["table_name"] or "")
            findings[key] += 1
            files.setdefault(key, set()).add(row["submission_id"])
    found = [Cause(*key, n, len(files[key])) for key, n in findings.items()]
    return sorted(found, key=lambda c: (-c.findings, c.rule, c.severity, c.table))[:most]
