"""Reads a federal file by its layout alone: it knows nothing of marts, and hides nothing that is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.extracts.layout import Layout
from orchestration.extracts.render import DELIMITERS, HEADER


@dataclass(frozen=True)
class Record:
    """One record: its line, from 1 for the header; its values, stripped of the blanks of fixed width."""

    line: int
    length: int
    ended_well: bool
    values: tuple[str, ...]


@dataclass(frozen=True)
class ReadFile:
    """What a file holds; `header` and `records` have as many values as their lines hold."""

    header: Record
    records: tuple[Record, ...]
    not_ascii: int
    loose_ends: int


def read_file(data: bytes, layout: Layout, form: str) -> ReadFile:
    """Take a file apart; its form is csv, tab or txt."""
    text = data.decode("utf-8", "replace")
    lines = text.split("\r\n")
    last = lines.pop()  # blank where the file ends as it must
    records = []
    for n, line in enumerate([*lines, last] if last or not lines else lines, 1):
        values = _header(line, form) if n == 1 else _values(line, layout, form)
        records.append(Record(n, len(line), n <= len(lines), values))
    return ReadFile(
        header=records[0],
        records=tuple(records[1:]),
        not_ascii=sum(b > 127 for b in data),
        loose_ends=sum(line.count("\r") + line.count("\n") for line in lines),
    )


def _header(line: str, form: str) -> tuple[str, ...]:
    if form != "txt":
        return tuple(line.split(DELIMITERS[form]))
    values, at = [], 0
    for _, length, _ in HEADER:
        values.append(line[at : at + length].strip(" "))
        at += length
    return (*values, line[at:].strip(" "))


def _values(line: str, layout: Layout, form: str) -> tuple[str, ...]:
    if form != "txt":
        return tuple(line.split(DELIMITERS[form]))
    return tuple(line[f.start - 1 : f.end].strip(" ") for f in layout.fields)
