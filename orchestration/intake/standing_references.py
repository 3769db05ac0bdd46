"""References to what was sent before: a file without the table that its rows name is laid on what stands.

Where the file itself brings the table, `references` looks there, and nothing is said here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from orchestration.contracts.model import submission_tables
from orchestration.intake.references import REFERENCES, Reference
from orchestration.intake.standing import File, StandingRows, Timeline
from orchestration.intake.standing_findings import PLACE, Finding, finding

RULE = "reference.standing"
TABLES = frozenset({r.table for r in REFERENCES} | {r.parent for r in REFERENCES})


@dataclass(frozen=True)
class Asked:
    """A file whose rows name rows of a table that it does not bring.

    Args:
        standing: what stands of that table for the file's month and those of its school year before,
            the latest first.
    """

    reference: Reference
    file: File
    standing: Sequence[File]


def ask_references(file: File, timeline: Timeline) -> list[Asked]:
    """What has to be looked up for a file. A parent's sheet whose rows were all put aside has its own findings."""
    return [
        Asked(r, file, timeline.earlier(r.parent, file, same_month=True))
        for r in REFERENCES
        if file.accepted(r.table) and not file.read(r.parent)
    ]


def reference_findings(asked: Iterable[Asked], rows: StandingRows, year_of: Any) -> list[Finding]:
    """A flag for every row that names what does not stand.

    Args:
        asked: of any number of files.
        rows: reads the rows.
        year_of: gives the school year of a month.
    """
    by_reference: dict[Reference, list[Asked]] = {}
    for one in asked:
        by_reference.setdefault(one.reference, []).append(one)
    found: list[Finding] = []
    for reference, every in by_reference.items():
        found += _of_reference(reference, every, rows, year_of)
    return found


def _of_reference(
    reference: Reference, asked: Sequence[Asked], rows: StandingRows, year_of: Any
) -> list[Finding]:
    also = [reference.also] if reference.also else []
    files = {a.file.submission_id: a.file for a in asked}
    columns = list(dict.fromkeys(["org_id", reference.column, *also, *PLACE]))
    children = rows.of(reference.table, files.values(), columns)
    children = _named(children, reference.column, reference.take, also)
    there = {f.submission_id: f for a in asked for f in a.standing}
    parents = rows.of(
        reference.parent, there.values(), list(dict.fromkeys(["org_id", reference.parent_column, *also]))
    )
    parents = _named(parents, reference.parent_column, None, also)
    # of an organization its latest month stands, whole: what that no longer holds has left the plan
    plan: dict[tuple[str, str], str] = {}
    stated = parents.groupby("submission_id")["org_id"].unique().to_dict() if len(parents) else {}
    for one in asked:
        for file in reversed(one.standing):
            for org_id in stated.get(file.submission_id, ()):
                plan[one.file.submission_id, org_id] = file.submission_id
    known = set(zip(parents["submission_id"], parents["org_id"], parents["named"], strict=True))
    found = []
    naming: Iterable[Any] = children.itertuples(index=False)
    for row in naming:
        stands = plan.get((row.submission_id, row.org_id))
        if stands is None or (stands, row.org_id, row.named) not in known:
            file = files[row.submission_id]
            words = _words(reference, row, file, there.get(stands or ""), year_of)
            value = getattr(row, reference.column)
            found.append(finding(file, reference.table, reference.column, row, RULE, value, words))
    return found


def _named(rows: pd.DataFrame, column: str, take: Any, also: Sequence[str]) -> pd.DataFrame:
    """The rows that name something, with what they name as one text."""
    texts = []
    for values in zip(*(rows[c] for c in (column, *also)), strict=True):
        value = None if pd.isna(values[0]) else values[0]
        value = value if value is None or take is None else take(value)
        pieces = [value, *values[1:]]
        texts.append(
            None if any(p is None or pd.isna(p) for p in pieces) else " of ".join(map(_text, pieces))
        )
    named = rows.assign(named=pd.Series(texts, index=rows.index, dtype=object))
    return named[named["named"].notna()]


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) else str(value)


def _words(reference: Reference, row: Any, file: File, stands: File | None, year_of: Any) -> dict[str, Any]:
    sheet = submission_tables()[reference.parent].sheet
    kind = reference.rule.rpartition(".")[2]
    if stands is not None:
        where = f"the sheet '{sheet}' that you last sent for this organization (for {stands.period})"
    else:
        where = f"any sheet '{sheet}' that you sent for this organization in {year_of(file.period)} so far"
    return {"kind": kind, "what": kind.capitalize(), "read": row.named, "where": where, "parent": sheet}
