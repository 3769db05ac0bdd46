"""Checks that the tests of simulation share: rows against contracts, files read back, folders compared."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from python_calamine import CalamineWorkbook

from orchestration import storage
from orchestration.contracts.model import Field, submission_tables
from orchestration.intake.template import FIRST_DATA_ROW
from orchestration.settings import Settings

SEED = 11
SLIPS = 0.5  # share of organization-months with a slip in the session's simulation

FORMS = {
    "org_id": r"\d{8}",
    "period": r"\d{4}-\d\d",
    "school_year": r"\d{4}-\d\d",
    "goal": r"G[1-9]",
    "priority": r"[1-5]",
    "strategy": r"\d(\.\d+)",
    "goal_or_strategy": r"G[1-9]|\d(\.\d+)",
    "milestone": r"\d(\.\d+){2}",
    "action": r"\d(\.\d+){3}",
}


def _problem(field: Field, value: Any) -> str | None:
    if value is None:
        return "is required" if field.required else None
    kind = {"string": str, "integer": int, "number": int | float, "boolean": bool, "date": date}[field.type]
    if not isinstance(value, kind) or (isinstance(value, str) and not value.strip()):
        return f"is no {field.type}"
    parts = value.split(", ") if field.format == "list" else [value]
    if field.code_set and not field.code_set_is_open and not set(parts) <= set(field.code_set.codes):
        return f"is no code of {field.code_set.name}"
    form = FORMS.get(field.code_level or field.format)
    if form and not re.fullmatch(form, value):
        return f"has not the form {form}"
    if (field.minimum is not None and value < field.minimum) or (
        field.maximum is not None and value > field.maximum
    ):
        return "is out of range"
    return None


def contract_problems(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """All in which rows differ from their contracts: unknown columns, values, keys that stand twice."""
    problems = []
    for name, rows in tables.items():
        table = submission_tables()[name]
        fields = {f.name: f for f in table.fields}
        keys = [tuple(row.get(k) for k in table.primary_key) for row in rows]
        problems += [f"{name}: key {k} stands twice" for k in {k for k in keys if keys.count(k) > 1}]
        for row in rows:
            problems += [f"{name}: {k} is no column" for k in set(row) - set(fields)]
            for f in table.fields:
                if (p := _problem(f, row.get(f.name))) is not None:
                    problems.append(f"{name}.{f.name}: {row.get(f.name)!r} {p}")
    return problems


def read_file(path: Path) -> dict[str, list[list[Any]]]:
    """Data rows by table, from a workbook or a zip of CSVs (whose cells are all text)."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as z:
            frames = {
                n.removesuffix(".csv"): pd.read_csv(io.BytesIO(z.read(n)), dtype=str) for n in z.namelist()
            }
        return {t: f.astype(object).where(f.notna(), "").values.tolist() for t, f in frames.items()}
    book = CalamineWorkbook.from_path(path)
    sheets = {t.sheet: name for name, t in submission_tables().items()}
    return {
        sheets[s]: [
            r for r in book.get_sheet_by_name(s).to_python()[FIRST_DATA_ROW - 1 :] if any(v != "" for v in r)
        ]
        for s in book.sheet_names
        if s in sheets
    }


def manifest_of(settings: Settings) -> list[dict[str, Any]]:
    """What the simulation says it wrote."""
    found: list[dict[str, Any]] = storage.read_json(settings.home / "simulation" / "manifest.json")
    return found


def snapshot(folder: Path) -> dict[str, tuple[str, int]]:
    """Hash and time of every file below a folder."""
    return {
        p.relative_to(folder).as_posix(): (storage.sha256_file(p), p.stat().st_mtime_ns)
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }
