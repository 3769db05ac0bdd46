"""Columns whose meaning depends on whose file they stand in: organizations, their levels, the cover's LEA."""

from __future__ import annotations

import numpy as np

from orchestration.intake.authority import Directory, resolve
from orchestration.intake.columns import Codes, Column, Rows
from orchestration.intake.found import Note
from orchestration.intake.reading import Context, Read, bad
from orchestration.intake.verdict import FileVerdict
from orchestration.school_year import period_end


def organizations(
    rows: Rows,
    column: Column,
    files: Codes,
    verdicts: list[FileVerdict],
    directory: Directory,
    context: Context,
) -> Column:
    """The organizations as the directory knows them: what an ID means depends on whose file it stands in."""
    width = max(len(column.raws), 1)
    pairs, first_rows, codes = np.unique(files * width + column.codes, return_index=True, return_inverse=True)
    numbers = rows.numbers
    raws, reads = [], []
    for pair, first in zip(pairs.tolist(), first_rows.tolist(), strict=True):
        file, raw = divmod(pair, width)
        verdict = verdicts[file]
        on = period_end(verdict.period) if verdict.period else verdict.received.received_at.date()
        read, owner = resolve(column.reads[raw], verdict.received.folder, on, directory, context)
        if owner and not any(n.rule == "authority.wrong_lea" for n in verdict.notes):
            words = {"owner": owner, "folder": verdict.received.folder}
            place = (rows.table.name, rows.sheets[file], int(numbers[first]), column.field.title)
            verdict.notes.append(Note("authority.other_organization", *place, column.raws[raw], words))
        raws.append(column.raws[raw])
        reads.append(read)
    return Column(column.field, codes.reshape(-1), raws, reads)


def senders(column: Column, files: Codes, verdicts: list[FileVerdict], context: Context) -> Column:
    """The cover's LEA: leading zeros are restored where that gives the folder's."""
    raws = [column.raws[n] for n in column.codes]
    reads: list[Read] = []
    for code, file in zip(column.codes.tolist(), files.tolist(), strict=True):
        read, folder = column.reads[code], verdicts[file].received.folder
        if read.value is not None and read.notes:
            restored = read.value.zfill(len(folder)) == folder
            again = Read(folder, (("id.leading_zero", {"read": folder}),))
            read = again if restored else bad("org.form", example=context.policy.org_id_example)
        reads.append(read)
    return Column(column.field, np.arange(len(reads)), raws, reads)


def levels(
    columns: dict[str, Column], files: Codes, verdicts: list[FileVerdict], directory: Directory
) -> Column:
    """The level of each organization, flagged where the directory says another."""
    orgs, said = columns["org_id"], columns["org_level"]
    reads: list[Read] = []
    for org, level, file in zip(orgs.codes.tolist(), said.codes.tolist(), files.tolist(), strict=True):
        read, verdict = said.reads[level], verdicts[file]
        on = period_end(verdict.period) if verdict.period else verdict.received.received_at.date()
        member = directory.membership(orgs.reads[org].value, on) if orgs.reads[org].value else None
        if member and read.value and member.org_level != read.value:
            read = Read(read.value, (*read.notes, ("org.level", {"read": member.org_level})))
        reads.append(read)
    return Column(said.field, np.arange(len(reads)), [said.raws[n] for n in said.codes], reads)
