"""What a federal file looks like in a school year, read from `seeds/edfacts_*.csv`; a year without rows refuses."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.contracts.codesets import SEEDS
from orchestration.errors import ConfigError
from orchestration.school_year import school_year_from_start

FILES, FIELDS, CODES, SETTINGS = (
    "edfacts_files.csv",
    "edfacts_fields.csv",
    "edfacts_codes.csv",
    "edfacts_settings.csv",
)


@dataclass(frozen=True)
class Field:
    """One field: `start` and `end` are its places in the fixed-width form, from 1, both included.

    Args:
        filled_from: column of the file's mart, a word in parentheses for what every file has, or blank where
            nothing can fill it.
        codes: what it may hold that year; empty where it is no coded field.
    """

    number: int
    name: str
    length: int
    kind: str
    start: int
    end: int
    required: bool
    filler: bool
    filled_from: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """A file's layout in a school year; `confirmed` where ED's own text of that year was seen.

    Args:
        level: SCH, LEA or SEA, as the file's name has it.
        unconfirmed: what of layout and codes no source confirms, in words.
    """

    file_number: str
    level: str
    school_year: str
    title: str
    header_type: str
    abbreviation: str
    record_length: int
    citation: str
    confirmed: bool
    fields: tuple[Field, ...]
    unconfirmed: tuple[str, ...]

    @property
    def reporting_period(self) -> str:
        """The school year as the header has it: 2022-23 -> 2022-2023."""
        return f"{self.school_year[:4]}-{int(self.school_year[:4]) + 1}"


def file_numbers(seeds: Path = SEEDS) -> tuple[str, ...]:
    """Every file that any year has a layout for."""
    return tuple(sorted({r["file_number"] for r in _rows(seeds / FILES)}))


def school_years(seeds: Path = SEEDS) -> tuple[str, ...]:
    """Every school year that any file has a layout for."""
    spans = [(int(r["from_year"][:4]), int(r["until_year"][:4])) for r in _rows(seeds / FILES)]
    first, until = min(a for a, _ in spans), max(b for _, b in spans)
    return tuple(school_year_from_start(y) for y in range(first, until) if any(a <= y < b for a, b in spans))


def layouts_of(file_number: str, school_year: str, seeds: Path = SEEDS) -> tuple[Layout, ...]:
    """The layouts of a file in a school year, one for each level.

    Raises:
        ConfigError: there is no such file, or the seeds have no rows for that year; says what to add.
    """
    every = [r for r in _rows(seeds / FILES) if r["file_number"] == file_number]
    if not every:
        known = ", ".join(file_numbers(seeds))
        raise ConfigError(f"there is no file {file_number!r}; write one of {known}")
    found = [r for r in every if _holds(r, school_year)]
    if not found:
        spans = ", ".join(f"from {r['from_year']} until before {r['until_year']}" for r in every)
        raise ConfigError(
            f"FS{file_number} ({every[0]['file_title']}) has no layout for {school_year}: seeds/{FILES} has it {spans}. "
            f"Add rows for {school_year} to seeds/{FILES}, {FIELDS} and {CODES} from that year's file specification, "
            "each with its citation; an older layout is never used in silence"
        )
    return tuple(_layout(r, school_year, seeds) for r in found)


def questions(seeds: Path = SEEDS) -> Iterator[tuple[str, str, str]]:
    """Parameter of policy, file number (or all), and the question that it answers."""
    for row in _rows(seeds / SETTINGS):
        yield row["parameter"], row["file_number"], row["question"]


def _layout(row: Mapping[str, str], year: str, seeds: Path) -> Layout:
    number, level = row["file_number"], row["file_level"]
    rows = [
        r
        for r in _rows(seeds / FIELDS)
        if (r["file_number"], r["file_level"]) == (number, level) and _holds(r, year)
    ]
    codes = [r for r in _rows(seeds / CODES) if r["file_number"] == number and _holds(r, year)]
    fields = tuple(
        Field(
            int(r["field_no"]), r["field_name"], int(r["field_length"]), r["data_type"], int(r["start_pos"]),
            int(r["end_pos"]), r["is_required"] == "true", r["is_filler"] == "true", r["filled_from"],
            tuple(c["code"] for c in codes if c["field_name"] == r["field_name"]),
        )
        for r in sorted(rows, key=lambda r: int(r["field_no"]))
    )  # fmt: skip
    if [f.number for f in fields] != list(range(1, len(fields) + 1)) or not fields:
        raise ConfigError(
            f"seeds/{FIELDS}: FS{number} {level} of {year} does not have its fields 1 to n once each"
        )
    unconfirmed = []
    if row["is_confirmed"] != "true":
        unconfirmed.append(f"Layout: {row['citation']}. {row['note']}".strip())
    unconfirmed += [  # what is in doubt of one field beside the layout it stands in
        f"Field {r['field_name']}: {r['citation']}."
        for r in rows
        if r["is_confirmed"] != "true" and r["citation"] != row["citation"]
    ]
    unsure = sorted({(r["field_name"], r["citation"]) for r in codes if r["is_confirmed"] != "true"})
    names = {f.name for f in fields}
    unconfirmed += [f"Codes of {name}: {citation}." for name, citation in unsure if name in names]
    return Layout(
        number, level, year, row["file_title"], row["header_type"], row["abbreviation"], int(row["record_length"]),
        row["citation"], row["is_confirmed"] == "true", fields, tuple(unconfirmed),
    )  # fmt: skip


def _holds(row: Mapping[str, str], year: str) -> bool:
    return row["from_year"] <= year < row["until_year"]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))
