"""The public collections of broken CSVs, each cell held against what its makers say it is: docs/csv.md."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.contracts.model import Field, Table
from orchestration.intake import csv_zip, sheets
from orchestration.intake.codes import words_of
from orchestration.intake.csv_zip import read_csv_zip
from orchestration.intake.found import FileRead, UnreadableError
from orchestration.intake.rules import RULES, severity

PAGE = Path(__file__).parents[3] / "docs" / "csv.md"
LINE = re.compile(r"^\| `([^`]+)` \| ([^|]+?) \| ([^|]+?) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """A file, and the header and rows that its makers expect."""

    name: str
    data: bytes
    header: tuple[str, ...]
    rows: list[list[str]]


def spectrum(root: Path) -> Iterator[Case]:
    for path in sorted((root / "csvs").iterdir()):
        records = json.loads((root / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        records = records if isinstance(records, list) else [records]
        header = tuple(records[0])
        # a break within a cell is the same text however it is written
        rows = [[r[h].replace("\r\n", "\n") for h in header] for r in records]
        yield Case(path.name, path.read_bytes(), header, rows)


def pollock(root: Path) -> Iterator[Case]:
    for path in sorted((root / "csv").iterdir()):
        text = (root / "clean" / path.name).read_text(encoding="utf-8")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        facts = json.loads((root / "parameters" / f"{path.name}_parameters.json").read_text())
        lines = facts["header_lines"]
        # where a header has several lines, the clean file holds their words together
        header = [h.split(" ")[0] if lines > 1 else h for h in rows[0]] if lines and rows else []
        body = rows[1:] if lines else rows
        yield Case(path.name, path.read_bytes(), tuple(header or facts.get("column_names", ())), body)


def read(case: Case, monkeypatch: pytest.MonkeyPatch) -> FileRead:
    """The file as intake reads the CSV of a table with those columns."""
    fields = tuple(Field(h, h, "string", "", "x", True) for h in case.header) or (
        Field("DATE", "DATE", "string", "", "x", True),
    )
    name = f"orders{abs(hash(case.name))}"
    table = Table(name, name, name, "x", "x", (fields[0].name,), fields)
    for module in (sheets, csv_zip):
        monkeypatch.setattr(module, "submission_tables", lambda: {name: table})
    monkeypatch.setattr(csv_zip, "table_named", lambda stem: name)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as z:
        z.writestr("orders.csv", case.data)
    with zipfile.ZipFile(packed) as z:
        return read_csv_zip(z)


def outcome(case: Case, monkeypatch: pytest.MonkeyPatch) -> str:
    """In words: as expected; refused by a rule; rows put aside or flagged by rules; what else differs."""
    try:
        found = read(case, monkeypatch)
    except UnreadableError as e:
        return f"refused: {e.note.rule}"
    refusals = [n.rule for n in found.notes if severity(n.rule) == "refuse"]
    if refusals:
        return f"refused: {refusals[0]}"
    if not found.tables:
        return f"nothing read: {found.notes[0].rule}"
    (raw,) = found.tables
    # a header that is repeated among the rows is passed over when rows are decided
    says = [words_of(h) for h in case.header]
    got: list[tuple[int, list[str]]] = []
    for n in range(len(raw.rows)):
        cells = [raw.columns[h][n] for h in case.header]
        if [words_of(c) for c in cells] != says:
            got.append((n, cells))
    told = {n.row: n.rule for n in found.notes if severity(n.rule) == "flag" and n.row}
    aside = {n: note.rule for n, note in raw.broken.items()}
    differ: list[str] = []
    if len(got) != len(case.rows):
        return f"{len(got)} rows where {len(case.rows)} are expected"
    for (n, cells), wanted in zip(got, case.rows, strict=True):
        if n in aside:
            differ.append(f"put aside by {aside[n]}")
        elif cells != wanted:
            differ.append(
                f"read otherwise, flagged by {told[raw.rows[n]]}" if raw.rows[n] in told else "UNTOLD"
            )
        elif raw.rows[n] in told:
            differ.append(f"as expected, flagged by {told[raw.rows[n]]}")
    counted = sorted({d: differ.count(d) for d in differ}.items())
    parts = [f"{count} {'row' if count == 1 else 'rows'} {what}" for what, count in counted]
    return "; ".join(parts) or "as expected"


@pytest.mark.parametrize("collection", ["csv-spectrum", "pollock_polluted"])
def test_every_file_of_the_collections_is_read_as_expected_or_deviates_as_documented(
    bad_inputs: Path, collection: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = {"csv-spectrum": spectrum, "pollock_polluted": pollock}[collection](bad_inputs / collection)
    section = PAGE.read_text(encoding="utf-8").split(f"## {collection}")[1].split("\n## ")[0]
    documented = {name: what for name, what, _ in LINE.findall(section)}
    found = {case.name: outcome(case, monkeypatch) for case in cases}
    assert {n: w for n, w in found.items() if w != "as expected"} == documented
    assert f"{len(found)} files" in section
    assert f"{len(found) - len(documented)} are read cell by cell as expected" in section


def test_no_deviation_is_untold() -> None:
    documented = LINE.findall(PAGE.read_text(encoding="utf-8"))
    assert documented and not [name for name, what, _ in documented if "UNTOLD" in what]
    rules = set(re.findall(r"[a-z]+\.[a-z_]+", " ".join(what for _, what, _ in documented)))
    assert rules and rules <= set(RULES)
