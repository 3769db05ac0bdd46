"""Code sets: the permitted codes of a column, read from `seeds/`, the same files that dbt loads."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SEEDS = Path(__file__).parents[2] / "seeds"


@dataclass(frozen=True)
class CodeSet:
    """Codes of one seed file with their labels. The first column is the code, the second its label."""

    name: str
    labels: dict[str, str]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the order of the file."""
        return tuple(self.labels)


@cache
def load_code_sets() -> dict[str, CodeSet]:
    """Every seed that is a code set (one code column, then its label), by file name."""
    sets: dict[str, CodeSet] = {}
    for path in sorted(SEEDS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as f:
            rows = list(csv.reader(f))
        labels = {row[0]: row[1] for row in rows[1:]}
        if len(labels) == len(rows) - 1:  # else the code is not the first column alone
            sets[path.stem] = CodeSet(path.stem, labels)
    return sets
