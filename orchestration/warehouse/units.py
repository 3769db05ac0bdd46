"""Units of the marts' numbers: dbt_project/units.yml."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from orchestration.settings import DBT_PROJECT
from orchestration.yaml_text import load_yaml

FILE = DBT_PROJECT / "units.yml"


@dataclass(frozen=True)
class Line:
    """One line of the file: the unit of every column that fits all of it; a blank part fits any."""

    unit: str
    column: str = ""
    type: str = ""
    mart: str = ""

    def fits(self, mart: str, column: str, kind: str) -> bool:
        """Whether the column is meant."""
        return (
            (not self.column or fnmatchcase(column, self.column))
            and self.type in ("", kind)
            and self.mart in ("", mart)
        )


@dataclass(frozen=True)
class Units:
    """All lines in order, and the columns without a unit of their own, each with the reason."""

    lines: tuple[Line, ...]
    no_unit: dict[str, str]

    def of(self, mart: str, column: str, kind: str) -> str | None:
        """Unit of a column of that type; None where it is no number, or has none of its own."""
        if not is_number(kind):
            return None
        return next((line.unit for line in self.lines if line.fits(mart, column, kind)), None)


def is_number(kind: str) -> bool:
    """Whether a model's data type is one of numbers."""
    return kind in ("bigint", "integer", "double") or kind.startswith("decimal(")


@cache
def load_units(file: Path = FILE) -> Units:
    """Read the file."""
    raw = load_yaml(file.read_text(encoding="utf-8"))
    return Units(tuple(Line(**line) for line in raw["units"]), raw["no_unit"])
