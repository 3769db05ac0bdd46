"""The files of a home's landing folder, read apart from the project's own readers.

For the independent recomputation: openpyxl and csv, the contracts only for names of sheets and columns.
What a person may have typed is read by the few rules below, which cover what the simulation plants.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import yaml

CONTRACTS = Path(__file__).parents[2] / "orchestration" / "contracts" / "submission"
SEEDS = Path(__file__).parents[2] / "seeds"
TABLES = (
    "cover",
    "strategies",
    "milestones",
    "actions",
    "action_status",
    "milestone_reports",
    "strategy_reports",
    "organizations",
    "goals",
    "measures",
    "measure_results",
    "needs",
    "root_causes",
    "priorities",
    "self_reflection",
    "duties",
    "supports",
)
HEADER_ROW = 3  # of a workbook's sheet
ORG_ID_DIGITS = 8

Row = dict[str, Any]


@dataclass
class Submission:
    """One received file.

    Args:
        tables: good rows by table; a table without rows that the file has is there, too.
        rejected: (table, row) of those put aside.
        stated: every table of which the file has a good row, also those that are not read here.
        refused: whether nothing of it counts.
        org_ids: the organizations it speaks for.
    """

    submission_id: str
    lea_id: str
    name: str
    received_at: datetime
    period: str | None = None
    refused: bool = False
    tables: dict[str, list[Row]] = field(default_factory=dict)
    stated: set[str] = field(default_factory=set)
    rejected: list[tuple[str, int]] = field(default_factory=list)
    org_ids: set[str] = field(default_factory=set)


def contract(table: str) -> dict[str, Any]:
    """The contract of a table as it is written."""
    return yaml.safe_load((CONTRACTS / f"{table}.yaml").read_text(encoding="utf-8"))


@cache
def codes(name: str) -> dict[str, str]:
    """Codes of a code set with their labels."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as f:
        return {row[0]: row[1] for row in list(csv.reader(f))[1:]}


@cache
def read_landing(landing: Path) -> list[Submission]:
    """Every file of the landing folder, the same bytes in one folder once, in order of receipt.

    Read once for all tests: the landing folder of a shared home does not change.
    """
    contracts = {p.stem: contract(p.stem) for p in CONTRACTS.glob("*.yaml")}
    found: dict[str, Submission] = {}
    files = [p for p in landing.glob("*/*") if p.is_file() and not p.name.startswith(".")]
    for path in sorted(files, key=lambda p: (p.stat().st_mtime, p.as_posix())):
        data = path.read_bytes()
        lea_id = path.parent.name
        submission_id = f"{lea_id}-{hashlib.sha256(data).hexdigest()[:12]}"
        if submission_id in found:
            continue
        received_at = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
        submission = Submission(submission_id, lea_id, path.name, received_at)
        found[submission_id] = submission
        try:
            raw = _csvs(data, contracts) if path.suffix == ".zip" else _sheets(data, contracts)
        except zipfile.BadZipFile:
            submission.refused = True
            continue
        _take(submission, raw, contracts)
        put_aside = Counter(table for table, _ in submission.rejected)
        submission.stated = {t for t, rows in raw.items() if len(rows) > put_aside[t]}
    return list(found.values())


def _sheets(data: bytes, contracts: dict[str, Any]) -> dict[str, list[Row]]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    tables: dict[str, list[Row]] = {}
    for table, facts in contracts.items():
        if facts["sheet"] not in book.sheetnames:
            continue
        tables[table] = []
        sheet = book[facts["sheet"]]
        sheet.reset_dimensions()
        if table not in TABLES:  # whether it holds a row is all that is asked of it
            below = sheet.iter_rows(min_row=HEADER_ROW + 1, values_only=True)
            if any(c is not None for cells in below for c in cells):
                tables[table].append({"_row": HEADER_ROW + 1})
            continue
        title_of = {f["title"]: f["name"] for f in facts["fields"]}
        names: list[str] = []
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            if number == HEADER_ROW:
                names = [title_of[str(c).removesuffix(" *")] for c in cells if c is not None]
            elif number > HEADER_ROW and any(c is not None for c in cells):
                row = dict(zip(names, cells, strict=False))
                tables[table].append({**row, "_sheet": facts["sheet"], "_row": number})
    return tables


def _csvs(data: bytes, contracts: dict[str, Any]) -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        for member in z.namelist():
            table = member.removesuffix(".csv")
            text = io.StringIO(z.read(member).decode("utf-8"), newline="")
            rows = enumerate(csv.DictReader(text), 2)
            tables[table] = [
                {**{k: v or None for k, v in row.items()}, "_sheet": member, "_row": n} for n, row in rows
            ]
    return tables


def _take(submission: Submission, raw: dict[str, list[Row]], contracts: dict[str, Any]) -> None:
    cover = raw["cover"][0]
    submission.period = str(cover["period"])
    if cover["lea_id"] != submission.lea_id:
        submission.refused = True
    for table in TABLES:
        if table not in raw:
            continue
        facts = contracts[table]
        good: list[Row] = []
        seen: set[tuple[Any, ...]] = set()
        for row in raw[table]:
            typed = {f["name"]: _typed(row.get(f["name"]), f) for f in facts["fields"]}
            if typed.get("org_id"):
                submission.org_ids.add(typed["org_id"])
            missing = any(
                typed[f["name"]] is None for f in facts["fields"] if f.get("constraints", {}).get("required")
            )
            wrong = any(typed[f["name"]] is None and row.get(f["name"]) is not None for f in facts["fields"])
            key = tuple(typed[k] for k in facts["primaryKey"])
            if missing or wrong or key in seen:
                submission.rejected.append((table, row["_row"]))
                continue
            seen.add(key)
            good.append({**typed, "source_sheet": row["_sheet"], "source_row": row["_row"]})
        submission.tables[table] = good


def _typed(value: Any, facts: dict[str, Any]) -> Any:
    """The value that a cell means; None where it is blank or means none."""
    if value is None or value == "":
        return None
    kind, form = facts["type"], facts.get("format", "")
    if kind == "date":
        return _day(value)
    if kind in ("number", "integer"):
        number = float(value)
        return number * 100 if form == "percent" and 0 < number < 1 else number
    text = str(value).strip()
    if kind == "boolean":
        return {"yes": True, "true": True, "no": False, "false": False}.get(text.lower())
    if form == "org_id":
        return text.zfill(ORG_ID_DIGITS)
    if form == "plan_code":
        numbers = ".".join(re.findall(r"\d+", text))
        is_goal = facts["codeLevel"] == "goal" or (
            facts["codeLevel"] == "goal_or_strategy" and "g" in text.lower()
        )
        return f"G{numbers}" if is_goal else numbers
    if form == "list" and facts.get("codeSet") == "practices":
        read = re.findall(r"\b[1-9][A-Z]\b", text.upper())
        return ",".join(dict.fromkeys(read)) if read and set(read) <= set(codes("practices")) else None
    if form == "list":
        return ",".join(part.strip() for part in text.split(","))
    if facts.get("codeSet"):
        known = codes(facts["codeSet"])
        by_label = {label.lower(): code for code, label in known.items()}
        otherwise = text if facts.get("codeSetIsOpen") else None
        return text if text in known else by_label.get(text.lower(), otherwise)
    return text


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    for pattern in ("%Y-%m-%d", "%m/%d/%Y", "%B %d, %Y"):
        try:
            return datetime.strptime(str(value), pattern).date()
        except ValueError:
            continue
    return None


def read_feed(feeds: Path, pattern: str, key: list[str], as_of: datetime) -> pd.DataFrame:
    """Rows of every file of that pattern received by `as_of`; of one key the row received last."""
    frames = []
    for path in sorted(feeds.glob(pattern)):
        received_at = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
        if received_at <= as_of:
            rows = pd.read_csv(path, dtype=str, keep_default_na=False)
            frames.append(rows.assign(_received_at=received_at, _file=path.name))
    rows = pd.concat(frames, ignore_index=True).sort_values(["_received_at", "_file"], kind="stable")
    return rows.drop_duplicates(key, keep="last").drop(columns=["_received_at", "_file"])
