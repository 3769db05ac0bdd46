"""Covers: the LEA and the month that each file says it is about, and whether it may be."""

from __future__ import annotations

from typing import Any

import numpy as np

from orchestration.intake.authority import local_month
from orchestration.intake.found import Note
from orchestration.intake.reading import Context
from orchestration.intake.verdict import FileVerdict, TableVerdict


def take_covers(cover: TableVerdict | None, verdicts: list[FileVerdict], context: Context) -> None:
    """Period, template version and authority of every file, from its cover."""
    rows_of: dict[int, list[int]] = {}
    if cover is not None:
        for row in np.nonzero(cover.good)[0]:
            rows_of.setdefault(int(cover.files[row]), []).append(int(row))
    for file, verdict in enumerate(verdicts):
        if verdict.refusal is not None and cover is None:
            continue
        note = _cover(cover, file, rows_of.get(file, []), verdict, context)
        if note is not None:
            verdict.notes.append(note)


def _cover(
    cover: TableVerdict | None,
    file: int,
    rows: list[int],
    verdict: FileVerdict,
    context: Context,
) -> Note | None:
    """Take the cover's facts; the note that refuses the file, if one does."""
    if cover is None or verdict.rows.get("cover", (0, 0))[0] == 0:
        return None if verdict.refusal else Note("cover.missing")
    sheet = cover.rows.sheets[file]
    if len(rows) > 1:
        return Note("cover.several", "cover", sheet, int(cover.numbers[rows[1]]), None, len(rows))
    if not rows:
        return Note("cover.unreadable", "cover", sheet, words={"why": "its row could not be used."})

    def value(name: str) -> Any:
        column = cover.columns[name]
        return column.reads[column.codes[rows[0]]].value

    row, title = int(cover.numbers[rows[0]]), cover.columns["lea_id"].field.title
    verdict.period, verdict.template_version = value("period"), value("template_version")
    folder, said = verdict.received.folder, value("lea_id")
    if said != folder:
        return Note("authority.wrong_lea", "cover", sheet, row, title, said, {"folder": folder})
    month = local_month(verdict.received.received_at, context)
    if verdict.period > month:
        title = cover.columns["period"].field.title
        return Note("period.not_open", "cover", sheet, row, title, verdict.period, {"month": month})
    return None
