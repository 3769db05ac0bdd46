"""Many files at once: read every cell, apply every rule, decide every row and file. No I/O in here.

What is found of a file does not depend on which other files are beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from orchestration.contracts.model import submission_tables
from orchestration.intake.authority import Directory, local_month, resolve
from orchestration.intake.codes import words_of
from orchestration.intake.columns import Codes, Column, Rows
from orchestration.intake.convert import read_all
from orchestration.intake.found import FileRead, Note, Received
from orchestration.intake.reading import Context, Read
from orchestration.intake.reading import bad as bad_cell
from orchestration.intake.rules import RULES, severity
from orchestration.school_year import period_end

ORG_LEVEL = ("organizations", "org_level")


@dataclass
class FileVerdict:
    """What was decided of one file.

    Args:
        received: the file.
        period: its month, where its cover says one.
        template_version: as its cover says.
        notes: everything found, in order of sheet, row and column.
        rows: by table that the file holds: rows read and rows rejected.
    """

    received: Received
    period: str | None = None
    template_version: str | None = None
    notes: list[Note] = field(default_factory=list)
    rows: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def refusal(self) -> Note | None:
        """The note that refuses the file: the first in the rules' order."""
        order = list(RULES)
        found = [n for n in self.notes if severity(n.rule) == "refuse"]
        return min(found, key=lambda n: order.index(n.rule)) if found else None


@dataclass
class TableVerdict:
    """The rows of one table over all files: which may go on (of files that are not refused)."""

    rows: Rows
    columns: dict[str, Column]
    files: Codes
    numbers: Codes
    good: np.ndarray[Any, np.dtype[np.bool_]]


@dataclass
class Verdict:
    """What was decided of all files and rows."""

    files: list[FileVerdict]
    tables: dict[str, TableVerdict]


def validate(files: Sequence[tuple[Received, FileRead]], directory: Directory, context: Context) -> Verdict:
    """Decide every row and every file.

    Args:
        files: the files with what was read of them; one that could not be read has a note that refuses it.
        directory: the state's directory, as it was known when the files were taken in.
        context: the state's policy.
    """
    verdicts = [FileVerdict(received, notes=list(read.notes)) for received, read in files]
    tables = {name: Rows(table) for name, table in submission_tables().items()}
    for n, (_, read) in enumerate(files):
        for raw in read.tables:
            tables[raw.table].add(n, raw)
    decided: dict[str, TableVerdict] = {}
    for name, rows in tables.items():  # the cover comes first: the others need its period
        if rows.sheets:
            decided[name] = _decide(rows, verdicts, directory, context)
        if name == "cover":
            _covers(decided.get(name), verdicts, directory, context)
    order = {name: n for n, name in enumerate(tables)}
    for verdict in verdicts:
        verdict.notes.sort(key=lambda n: (order.get(n.table or "", -1), n.row or 0))
    refused = np.array([v.refusal is not None for v in verdicts], bool)
    for table in decided.values():
        table.good &= ~refused[table.files]
    return Verdict(verdicts, decided)


def _decide(rows: Rows, verdicts: list[FileVerdict], directory: Directory, context: Context) -> TableVerdict:
    table = rows.table
    columns = {}
    for f in table.fields:
        raw = rows.raw(f.name)
        raws = raw.raws
        columns[f.name] = Column(f, raw.codes, raws, read_all(f, raws, context))
    files, numbers = rows.files, rows.numbers
    there = ~np.logical_and.reduce([c.blank() for c in columns.values()])
    there &= ~_repeated_headers(rows, columns, files, numbers, verdicts)
    if "org_id" in columns:
        columns["org_id"] = _organizations(rows, columns["org_id"], files, verdicts, directory, context)
    if table.name == "cover":
        columns["lea_id"] = _senders(columns["lea_id"], files, verdicts, context)
    if table.name == ORG_LEVEL[0]:
        columns["org_level"] = _levels(columns, files, verdicts, directory)

    bad = np.zeros(len(rows), bool)

    def note(
        row: int, rule: str, title: str, words: dict[str, Any], value: Any = None, forgiven: bool = False
    ) -> None:
        file = int(files[row])
        place = (table.name, rows.sheets[file], int(numbers[row]), title)
        verdicts[file].notes.append(Note(rule, *place, value, words, forgiven))

    for index, broken in rows.broken:
        bad[index] = True
        verdicts[int(files[index])].notes.append(broken)
    for column in columns.values():
        # what is not needed of the cover must not cost the whole file: it is left blank and told
        forgiven = table.name == "cover" and not column.field.required
        noted = column.noted()
        # 1 is in doubt only where the same sheet writes its percents as fractions
        fractions = {
            int(files[row])
            for row in noted
            if any(rule == "percent.fraction" for rule, _ in column.reads[column.codes[row]].notes)
        }
        for row in noted:
            if not there[row]:
                continue
            code = column.codes[row]
            for rule, words in column.reads[code].notes:
                if rule == "percent.one" and int(files[row]) not in fractions:
                    continue
                rejects = severity(rule) == "reject"
                note(int(row), rule, column.field.title, words, column.raws[code], rejects and forgiven)
                bad[row] |= rejects and not forgiven
        if column.field.required:
            for row in np.nonzero(column.blank() & there)[0]:
                note(int(row), "value.missing", column.field.title, {})
                bad[row] = True
    for row, first in _duplicates(columns, table.primary_key, files, there & ~bad):
        key = ", ".join(str(columns[k].reads[columns[k].codes[row]].value) for k in table.primary_key)
        note(
            row,
            "key.duplicate",
            columns[table.primary_key[-1]].field.title,
            {"first": int(numbers[first]), "key": key},
        )
        bad[row] = True

    read = np.bincount(files[there], minlength=len(verdicts))
    rejected = np.bincount(files[there & bad], minlength=len(verdicts))
    for file in rows.sheets:
        verdicts[file].rows[table.name] = (int(read[file]), int(rejected[file]))
    return TableVerdict(rows, columns, files, numbers, there & ~bad)


def _repeated_headers(
    rows: Rows, columns: dict[str, Column], files: Codes, numbers: Codes, verdicts: list[FileVerdict]
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Rows that say the header again, as sheets put together by hand do."""
    repeated = np.ones(len(rows), bool)
    for column in columns.values():
        names = {words_of(t) for t in (column.field.name, column.field.title, *column.field.aliases)}
        says = [r == "" or (isinstance(r, str) and words_of(r) in names) for r in column.raws]
        repeated &= np.array(says, bool)[column.codes]
        if not repeated.any():
            return repeated
    for column in columns.values():
        if column.field.required:
            repeated &= ~column.blank()
    for row in np.nonzero(repeated)[0]:
        file = int(files[row])
        sheet = rows.sheets[file]
        verdicts[file].notes.append(Note("row.repeated_header", rows.table.name, sheet, int(numbers[row])))
    return repeated


def _organizations(
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
    raws, reads = [], []
    for pair, first in zip(pairs.tolist(), first_rows.tolist(), strict=True):
        file, raw = divmod(pair, width)
        verdict = verdicts[file]
        on = period_end(verdict.period) if verdict.period else verdict.received.received_at.date()
        read, owner = resolve(column.reads[raw], verdict.received.folder, on, directory, context)
        if owner and not any(n.rule == "authority.wrong_lea" for n in verdict.notes):
            words = {"owner": owner, "folder": verdict.received.folder}
            place = (rows.table.name, rows.sheets[file], int(rows.numbers[first]), column.field.title)
            verdict.notes.append(Note("authority.other_organization", *place, column.raws[raw], words))
        raws.append(column.raws[raw])
        reads.append(read)
    return Column(column.field, codes.reshape(-1), raws, reads)


def _senders(column: Column, files: Codes, verdicts: list[FileVerdict], context: Context) -> Column:
    """The cover's LEA: leading zeros are restored where that gives the folder's."""
    raws = [column.raws[n] for n in column.codes]
    reads: list[Read] = []
    for code, file in zip(column.codes.tolist(), files.tolist(), strict=True):
        read, folder = column.reads[code], verdicts[file].received.folder
        if read.value is not None and read.notes:
            restored = read.value.zfill(len(folder)) == folder
            again = Read(folder, (("id.leading_zero", {"read": folder}),))
            read = again if restored else bad_cell("org.form", example=context.policy.org_id_example)
        reads.append(read)
    return Column(column.field, np.arange(len(reads)), raws, reads)


def _levels(
    columns: dict[str, Column], files: Codes, verdicts: list[FileVerdict], directory: Directory
) -> Column:
    """The level of each organization, flagged where the directory says another."""
    orgs, levels = columns["org_id"], columns["org_level"]
    reads: list[Read] = []
    for org, level, file in zip(orgs.codes.tolist(), levels.codes.tolist(), files.tolist(), strict=True):
        read, verdict = levels.reads[level], verdicts[file]
        on = period_end(verdict.period) if verdict.period else verdict.received.received_at.date()
        member = directory.membership(orgs.reads[org].value, on) if orgs.reads[org].value else None
        if member and read.value and member.org_level != read.value:
            read = Read(read.value, (*read.notes, ("org.level", {"read": member.org_level})))
        reads.append(read)
    return Column(levels.field, np.arange(len(reads)), [levels.raws[n] for n in levels.codes], reads)


def _duplicates(
    columns: dict[str, Column], key: Sequence[str], files: Codes, good: np.ndarray[Any, np.dtype[np.bool_]]
) -> list[tuple[int, int]]:
    """Rows that repeat a key of their file, each with the first row of that key."""
    rows = np.nonzero(good)[0]
    combined = files[rows]
    for name in key:
        values = columns[name].value_codes()[rows]
        # numbered anew at each step, so that the product never overflows
        combined = np.unique(combined * (values.max(initial=0) + 1) + values, return_inverse=True)[1].reshape(
            -1
        )
    _, first, inverse = np.unique(combined, return_index=True, return_inverse=True)
    firsts = first[inverse.reshape(-1)]
    again = np.nonzero(firsts != np.arange(len(rows)))[0]
    return [(int(rows[n]), int(rows[firsts[n]])) for n in again]


def _covers(
    cover: TableVerdict | None, verdicts: list[FileVerdict], directory: Directory, context: Context
) -> None:
    """Period, template version and authority of every file, from its cover."""
    rows_of: dict[int, list[int]] = {}
    if cover is not None:
        for row in np.nonzero(cover.good)[0]:
            rows_of.setdefault(int(cover.files[row]), []).append(int(row))
    for file, verdict in enumerate(verdicts):
        if verdict.refusal is not None and cover is None:
            continue
        note = _cover(cover, file, rows_of.get(file, []), verdict, directory, context)
        if note is not None:
            verdict.notes.append(note)


def _cover(
    cover: TableVerdict | None,
    file: int,
    rows: list[int],
    verdict: FileVerdict,
    directory: Directory,
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
