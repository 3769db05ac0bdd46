"""Who may say what: the landing folder says who speaks, the directory whom that LEA may speak for.

A school belongs to the LEA that the directory in force at the end of the period names; one that this
directory lacks (it closed, or opened later) to the LEA of the vintage that comes nearest before, else
of the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.intake.reading import BLANK, Context, Read, bad

DIRECTORY_COLUMNS = ("effective_on", "org_id", "org_level", "lea_id")


@dataclass(frozen=True)
class Membership:
    """Whose an organization was from one directory vintage on."""

    effective_on: date
    lea_id: str
    org_level: str


class Directory:
    """Every vintage of the state's directory, by organization."""

    def __init__(self, rows: Iterable[tuple[date, str, str, str]]) -> None:
        """Take rows of `DIRECTORY_COLUMNS`, in any order."""
        self._vintages: dict[str, list[Membership]] = {}
        self._leas: set[str] = set()
        for effective_on, org_id, org_level, lea_id in sorted(set(rows)):
            self._vintages.setdefault(org_id, []).append(Membership(effective_on, lea_id, org_level))
            self._leas.add(lea_id)
            if org_level == "lea":
                self._leas.add(org_id)

    @staticmethod
    def of_columns(columns: dict[str, list[Any]]) -> Directory:
        """The directory from equally long columns, at least those of `DIRECTORY_COLUMNS`."""
        days = [d.date() if isinstance(d, datetime) else d for d in columns["effective_on"]]
        return Directory(zip(days, columns["org_id"], columns["org_level"], columns["lea_id"], strict=True))

    def __len__(self) -> int:
        return len(self._vintages)

    def is_lea(self, folder: str) -> bool:
        """Whether any vintage knows an LEA of that ID."""
        return folder in self._leas

    def membership(self, org_id: str, on: date) -> Membership | None:
        """Whose the organization was on that day; None for one that no vintage knows."""
        vintages = self._vintages.get(org_id)
        if not vintages:
            return None
        return next((m for m in reversed(vintages) if m.effective_on <= on), vintages[0])


def resolve(read: Read, lea_id: str, on: date, directory: Directory, context: Context) -> tuple[Read, str]:
    """An organization ID of one file: the ID as it stands in the directory, and its owner.

    Args:
        read: what `read_org_id` made of the cell.
        lea_id: the LEA that sends the file.
        on: the last day of the file's period.
        directory: every vintage.
        context: the policy.

    Returns:
        The read ID (its notes say why it cannot stand), and the LEA it belongs to where that is another
        than `lea_id`, else blank.
    """
    if read is BLANK or read.value is None:
        return read, ""
    org_id = read.value
    if read.notes:  # too few digits: only the LEA's own can be meant for certain
        lengths = {len(context.policy.org_id_example), len(lea_id)}
        padded = {org_id.zfill(n) for n in lengths if n > len(org_id)}
        own = sorted(p for p in padded if (m := directory.membership(p, on)) and m.lea_id == lea_id)
        if len(own) != 1:
            return bad("org.form", example=context.policy.org_id_example), ""
        return Read(own[0], (("id.leading_zero", {"read": own[0]}),)), ""
    member = directory.membership(org_id, on)
    if member is None:
        return bad("org.unknown") if org_id != lea_id else read, ""
    return read, member.lea_id if member.lea_id != lea_id else ""


def local_month(received_at: datetime, context: Context) -> str:
    """The month, in the state's own time, in which a file arrived."""
    there = received_at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(context.policy.time_zone))
    return f"{there:%Y-%m}"
