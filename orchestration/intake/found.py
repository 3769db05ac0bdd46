"""What reading one file finds: its tables as raw cells by column, and notes on what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Received:
    """One submission to read.

    Args:
        submission_id: `<folder>-<first 12 hex of its SHA-256>`.
        folder: landing folder; an LEA's ID where all is well.
        name: file name.
        sha256, size: of its bytes.
        received_at: when it arrived (UTC).
    """

    submission_id: str
    folder: str
    name: str
    sha256: str
    size: int
    received_at: datetime


@dataclass(frozen=True)
class Note:
    """One rule that fired: where, on which value, and further words for its message.

    A `forgiven` one left the cell blank instead of costing the row.
    """

    rule: str
    table: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    value: Any = None
    words: dict[str, Any] = field(default_factory=dict)
    forgiven: bool = False


@dataclass
class RawTable:
    """One table of a file, as raw cells.

    Args:
        table: contract table.
        sheet: the sheet or CSV it stands in, as its sender knows it.
        rows: row numbers as the sender sees them, counted from 1; rows without any content are left out.
        columns: cells by column name; columns that the file does not have are left out.
        broken: notes on whole rows that cannot be used, by index into `rows`.
        letters: letter of each column as the sender sees it, by column name.
        own: cells of the columns that the sender keeps for itself (`flex_`), by header.
    """

    table: str
    sheet: str
    rows: list[int]
    columns: dict[str, tuple[Any, ...]]
    broken: dict[int, Note] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    own: dict[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass
class FileRead:
    """What one file holds."""

    tables: list[RawTable] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class UnreadableError(Exception):
    """The file cannot be read at all; `note` says why."""

    def __init__(self, rule: str, **words: Any) -> None:
        super().__init__(rule)
        value = words.pop("value", None)
        self.note = Note(rule, value=value, words=words)
