"""What a file's mart says for a school year: the records of the file, and what is left out of it and why."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from orchestration.contracts.codesets import SEEDS
from orchestration.extracts.cover import LeftOut, Money
from orchestration.extracts.layout import Layout
from orchestration.extracts.options import Options
from orchestration.extracts.source import Source
from orchestration.extracts.values import dollars
from orchestration.settings import DBT_PROJECT
from orchestration.yaml_text import load_yaml

LEVELS = {"SCH": "school", "LEA": "lea"}
AWARDS = "132"  # the file of §1003 dollars
WITH_LEVELS = {"029"}  # files of several levels from one mart


def mart_of(layout: Layout) -> str:
    """The mart that a file is made from."""
    return f"rpt_fs{layout.file_number}"


def rows_of(source: Source, layout: Layout) -> list[dict[str, Any]]:
    """The file's records, in the order of what they hold."""
    columns = [f.filled_from for f in layout.fields if f.filled_from and not f.filled_from.startswith("(")]
    return source.rows(
        f"select * from {mart_of(layout)} where school_year = $1 and is_reported{_level(layout)} "
        f"order by {', '.join(dict.fromkeys(columns))}",
        layout.school_year,
    )


def left_out_of(source: Source, layout: Layout) -> tuple[LeftOut, ...]:
    """What is left out, by reason; identified schools and dollars are named one by one."""
    with (SEEDS / "edfacts_left_out.csv").open(encoding="utf-8", newline="") as f:
        told = {r["left_out_as"]: r for r in csv.DictReader(f)}
    rows = source.rows(
        f"select * from {mart_of(layout)} where school_year = $1 and not is_reported{_level(layout)} order by 2, 1",
        layout.school_year,
    )
    by_reason: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_reason.setdefault(row["left_out_as"], []).append(row)
    return tuple(
        LeftOut(
            told[reason]["left_out_title"],
            told[reason]["meaning"],
            len(some),
            tuple(sorted({_name(r) for r in some if _matters(r)})),
        )
        for reason, some in sorted(by_reason.items())
    )


def money_of(source: Source, layout: Layout, options: Options, rows: list[dict[str, Any]]) -> Money | None:
    """Dollars to the cent and as the file has them; None for a file without dollars."""
    if not any(f.filled_from == "amount" for f in layout.fields):
        return None
    exact = [r["amount"] for r in rows if r["amount"] is not None]
    left = source.rows(
        f"select coalesce(sum(amount), 0) as amount from {mart_of(layout)} where school_year = $1 and not is_reported",
        layout.school_year,
    )
    return Money(
        sum(exact, Decimal(0)),
        sum((dollars(a, options.rounding) for a in exact), Decimal(0)),
        Decimal(left[0]["amount"]),
        _of_leas(source, layout),
    )


def blanks_of(layout: Layout, rows: list[dict[str, Any]]) -> dict[str, int]:
    """By name of a field that the mart fills, in how many records it is blank."""
    filled = {f.name: f.filled_from for f in layout.fields if f.filled_from and f.filled_from[0] != "("}
    return {name: sum(r[column] is None for r in rows) for name, column in filled.items()}


def meanings_of(layout: Layout) -> dict[str, str]:
    """What each column of a file's mart means, as its description says."""
    (path,) = (DBT_PROJECT / "models" / "marts").rglob(f"{mart_of(layout)}.yml")
    (model,) = load_yaml(path.read_text(encoding="utf-8"))["models"]
    return {column["name"]: column["description"] for column in model["columns"]}


def _of_leas(source: Source, layout: Layout) -> Decimal | None:
    if layout.file_number != AWARDS:
        return None
    found = source.rows(
        "select coalesce(sum(to_leas_themselves), 0) as amount from rpt_cspr_1003 where school_year = $1",
        layout.school_year,
    )
    return Decimal(found[0]["amount"])


def _level(layout: Layout) -> str:
    return f" and org_level = '{LEVELS[layout.level]}'" if layout.file_number in WITH_LEVELS else ""


def _matters(row: Mapping[str, Any]) -> bool:
    return row.get("category") not in (None, "none") or bool(row.get("amount"))


def _name(row: Mapping[str, Any]) -> str:
    """A left-out row in words: its ID, name, status and reason or dollars."""
    parts = [row.get("org_id") or row.get("lea_id"), row.get("org_name") or "(no name)", row.get("category")]
    parts += [row.get("basis"), f"${row['amount']:,.2f}" if row.get("amount") else None]
    return ", ".join(str(p) for p in parts if p)
