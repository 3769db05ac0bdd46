"""A trace as lines for a person, and every cell of it as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from orchestration.trace.trace import Trace
from orchestration.trace.typed import TypedCell

SHOWN = 40  # cells on the terminal
COLUMNS = (
    "kind", "file", "submission_or_feed", "lea_id", "period", "received_at", "table", "sheet", "row", "address",
    "row_is", "column", "value_typed", "value_read",
)  # fmt: skip


def trace_lines(trace: Trace, shown: Sequence[TypedCell]) -> list[str]:
    """The trace in plain words; `shown` are the first of its cells, looked up in their files."""
    figure = trace.figure
    lines = [f"{figure.mart} of release {trace.release_id} (as of {trace.as_of.replace('T', ' ')} UTC)"]
    if figure.description:
        lines.append(f"  {figure.description}")
    lines.append("")
    for column in figure.columns:
        value = figure.row[column]
        lines.append(f"  {column} = {value if value is not None else '(no value)'}")
        if len(figure.columns) == 1 and figure.meanings[column]:
            lines.append(f"    {figure.meanings[column]}")
    models = [s for s in trace.steps if s.kind == "model"]
    seeds = [s for s in trace.steps if s.kind == "seed"]
    lines += ["", f"Models on the way ({len(models)}, the mart first)"]
    lines += [f"  {s.relation.partition('.')[2]:<36} {_first(s.description)}" for s in models]
    if seeds:
        lines += ["", f"Code sets: {', '.join(s.relation.partition('.')[2] for s in seeds)}"]
    if trace.settings:
        lines += ["", "Numbers and choices of the state's policy"]
    for s in trace.settings:
        until = f" until {s.until_year}" if s.until_year else ""
        said = "" if s.confirmed else ", unconfirmed"
        lines.append(f"  {s.parameter} = {s.value} (from {s.from_year}{until}{said}: {s.citation})")
    if trace.methods:
        lines += ["", "The methods of awarding in the state's allocation.yaml are on the way."]
    files = {c.source for c in trace.cells}
    lines += ["", f"Cells: {len(trace.cells):,} in {len(files):,} files"]
    before = None
    for t in shown:
        c = t.cell
        where = (c.source, c.sheet, c.kind)
        if where != before:
            who = "feed" if c.kind == "feed" else f"LEA {c.lea_id}, period {c.period or 'unknown'}"
            aside = ", put aside" if c.kind == "put aside" else ""
            sheet = f", sheet {c.sheet}" if c.sheet else ""
            lines.append(f"  {t.file or c.source} ({who}, received {c.received_at[:16]}{sheet}{aside})")
            before = where
        typed = t.typed if t.typed is not None else c.value
        read = f", read as {c.value!r}" if t.typed is not None and t.typed != c.value else ""
        lines.append(f"    {t.address or f'row {c.row}':<8} {c.column} = {typed!r}{read}   [{c.names}]")
    if len(trace.cells) > len(shown):
        lines.append(f"  … and {len(trace.cells) - len(shown):,} more; --csv FILE writes all of them.")
    if trace.present:
        told = ", ".join(f"{n:,} of {table}" for table, n in sorted(trace.present.items()) if n)
        if told:
            lines += ["", f"Rows that count only by being there (which organizations sent what): {told}"]
    if trace.unread:
        lines += [
            "",
            f"All that these models read is in the trace, as their SQL could not be read: {', '.join(trace.unread)}",
        ]
    return lines


def trace_csv(cells: Sequence[TypedCell]) -> str:
    """Every cell, one a line."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for t in cells:
        c = t.cell
        writer.writerow(
            [c.kind, t.file, c.source, c.lea_id, c.period, c.received_at, c.table, c.sheet, c.row, t.address,
             c.names, c.column, "" if t.typed is None else t.typed, c.value]
        )  # fmt: skip
    return text.getvalue()


def _first(description: str) -> str:
    """The first sentence that says more than the grain, or the grain."""
    sentences = [s.strip() for s in description.split(". ") if s.strip()]
    return (sentences[0] if sentences else "").removeprefix("Grain: ").rstrip(".")
