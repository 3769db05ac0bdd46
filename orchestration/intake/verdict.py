"""What intake decides: of each file, of each row of each table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from orchestration.intake.columns import Codes, Column, Rows
from orchestration.intake.found import Note, Received
from orchestration.intake.rules import RULES, severity


@dataclass
class FileVerdict:
    """What was decided of one file.

    Args:
        received: the file.
        period: its month, where its cover says one.
        template_version: as its cover says.
        notes: everything found, in order of sheet, row and column.
        rows: by table that the file holds: rows read and rows rejected.
        letters: letter of each column in the file, by table and title of the column.
        percent_change_means: what the policy says of a change in per cent in its school year.
        own: the sender's own (`flex_`) cells of rows with a note, by table and row.
    """

    received: Received
    period: str | None = None
    template_version: str | None = None
    notes: list[Note] = field(default_factory=list)
    rows: dict[str, tuple[int, int]] = field(default_factory=dict)
    letters: dict[tuple[str, str], str] = field(default_factory=dict)
    own: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
    percent_change_means: str | None = None

    @property
    def refusal(self) -> Note | None:
        """The note that refuses the file: the first in the rules' order."""
        order = list(RULES)
        found = [n for n in self.notes if severity(n.rule) == "refuse"]
        return min(found, key=lambda n: order.index(n.rule)) if found else None


@dataclass
class TableVerdict:
    """The rows of one table over all files: which are no mere blanks or repeated headers (`there`), and
    which of these may go on (`good`); none of files that are refused."""

    rows: Rows
    columns: dict[str, Column]
    files: Codes
    numbers: Codes
    good: np.ndarray[Any, np.dtype[np.bool_]]
    there: np.ndarray[Any, np.dtype[np.bool_]]


@dataclass
class Verdict:
    """What was decided of all files and rows."""

    files: list[FileVerdict]
    tables: dict[str, TableVerdict]
