"""Many files at once: read every cell, apply every rule, decide every row and file. No I/O in here.

What is found of a file does not depend on which other files are beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from orchestration.contracts.model import submission_tables
from orchestration.intake.authority import Directory
from orchestration.intake.blocks import check_blocks
from orchestration.intake.codes import words_of
from orchestration.intake.columns import Codes, Column, Rows
from orchestration.intake.convert import read_all
from orchestration.intake.covers import take_covers
from orchestration.intake.found import FileRead, Note, Received
from orchestration.intake.measure_texts import check_measures
from orchestration.intake.membership import levels, organizations, senders
from orchestration.intake.reading import Context
from orchestration.intake.references import REFERENCES, check_references
from orchestration.intake.rules import severity, shown
from orchestration.intake.statuses import check_statuses
from orchestration.intake.verdict import FileVerdict, TableVerdict, Verdict

LAID_ON_EARLIER = {"action_status", "expenditures", *(r.table for r in REFERENCES)}


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
            for name, letter in raw.letters.items():
                verdicts[n].letters[raw.table, tables[raw.table].table.field(name).title] = letter
    decided: dict[str, TableVerdict] = {}
    for name, rows in tables.items():  # the cover comes first: the others need its period
        if rows.sheets:
            decided[name] = _decide(rows, verdicts, directory, context)
        if name == "cover":
            take_covers(decided.get(name), verdicts, context)
    refused = np.array([v.refusal is not None for v in verdicts], bool)
    for table in decided.values():
        table.good &= ~refused[table.files]
        table.there &= ~refused[table.files]
    misplaced = check_blocks(decided, verdicts)
    check_references(decided, verdicts, {"actions": misplaced})
    check_statuses(decided, verdicts, context)
    check_measures(decided, verdicts, context)
    order = {name: n for n, name in enumerate(tables)}
    for verdict in verdicts:
        verdict.notes.sort(key=lambda n: (order.get(n.table or "", -1), n.row or 0))
    for verdict, (_, read) in zip(verdicts, files, strict=True):
        _keep_own(verdict, read)
    return Verdict(verdicts, decided)


def _keep_own(verdict: FileVerdict, read: FileRead) -> None:
    """Lay the sender's own columns beside each row with a note, so that it finds its record again.

    Beside each row too of what is laid on earlier files later: that may find more.
    """
    noted = {(n.table, n.row) for n in verdict.notes}
    for raw in read.tables:
        if not raw.own:
            continue
        for n, row in enumerate(raw.rows):
            if (raw.table, row) in noted or raw.table in LAID_ON_EARLIER:
                cells = {title: shown(column[n]) for title, column in raw.own.items() if column[n] != ""}
                verdict.own[raw.table, row] = cells


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
        columns["org_id"] = organizations(rows, columns["org_id"], files, verdicts, directory, context)
    if table.name == "cover":
        columns["lea_id"] = senders(columns["lea_id"], files, verdicts, context)
    if table.name == "organizations":
        columns["org_level"] = levels(columns, files, verdicts, directory)

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

    for index, _ in rows.broken:  # of a row that could not even be read no cell is there
        there[index] = True
    read = np.bincount(files[there], minlength=len(verdicts))
    rejected = np.bincount(files[there & bad], minlength=len(verdicts))
    for file in rows.sheets:
        verdicts[file].rows[table.name] = (int(read[file]), int(rejected[file]))
    return TableVerdict(rows, columns, files, numbers, there & ~bad, there)


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
