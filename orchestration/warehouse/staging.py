"""Writes dbt's staging models, their documentation and the `lake` source from the contracts.

Run `python -m orchestration.warehouse.staging` after changing a contract; a test holds the files in
`dbt_project/models/staging` against what this writes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from orchestration import lake
from orchestration.allocation.rows import COLUMNS as ALLOCATION_COLUMNS
from orchestration.contracts.model import Table, feed_tables, submission_tables
from orchestration.settings import DBT_PROJECT
from orchestration.warehouse.build_file import CALENDAR_COLUMNS, POLICY_COLUMNS, RECEIVED_COLUMNS, RUN_COLUMNS

STAGING = DBT_PROJECT / "models" / "staging"

LINEAGE_DOCS = {
    "submission_id": "The received file: landing folder and the start of its hash.",
    "lea_id": "The LEA that sent the file.",
    "period": "The month the file reports on, as 2024-01.",
    "received_at": "When the file arrived (UTC).",
    "file_sha256": "Hash of the file's bytes, under which the archive keeps them.",
    "source_sheet": "Sheet (or CSV) of the file that the row came from.",
    "source_row": "Row of that sheet, counted as the sender sees it.",
    "source_cell": "Cell of that sheet, as B12; blank where the finding is about a row, a sheet or the file.",
    "source_file": "Path of the file below the feeds folder.",
    "file_name": "Name of the file as it was received.",
    "file_bytes": "Size of the file in bytes.",
    "outcome": "What intake decided of the file.",
    "refused_by": "Rule that refused the file, blank where it was not refused.",
    "refused_because": "Why the file was refused, in words for its sender.",
    "rows_read": "Rows that hold anything.",
    "rows_accepted": "Rows that went on.",
    "rows_rejected": "Rows put aside.",
    "rows_loaded": "Rows that went on.",
    "template_version": "Version of the template the sender used.",
    "table_name": "Contract table.",
    "column_name": "Column of the cell, blank where the finding is about a row or the file.",
    "value": "What stood in the cell, as text.",
    "rule_id": "Rule that found it.",
    "severity": "refuse, reject or flag.",
    "message": "What is wrong and how to mend it, in plain words.",
    "own_columns": "The row's cells under headers that begin with flex_, as a JSON object; blank where none.",
    "decided_at": "When it was decided (UTC); it holds from then on.",
    "decision": "withdraw (the file no longer counts) or restore (it counts again).",
    "reason": "Why, in words for the LEA.",
    "decided_by": "Who decided for the state.",
    "org_id": "The organization whose measure it is.",
    "parent_code": "The goal (G1) or strategy (1.1) measured.",
    "measure_no": "Number of the measure within it.",
    "school_year": "Of a result its school year; blank of a baseline or target.",
    "figure": "baseline, target_y1, target_y2, target_y3 or actual.",
    "part": "Label of the part in lower case, as gr 5; all where the text has no parts.",
    "kind": "What was written: level, range, points, relative, maintain, none, not_understood or suppressed.",
    "value_low": "The number, or the lower one of two; of a change the level it leads to; blank where there is none.",
    "value_high": "The same number again, or the higher one of two.",
    "comparator": "none, at_least, at_most, more_than, less_than or exactly, of the level.",
    "starts_from": "Of a change: baseline, previous_target, or baseline_assumed where the text does not say.",
    "is_percent": "Whether the number is in per cent.",
    "is_fraction": "Whether the cell holds 0.45 for 45 per cent.",
    "is_ambiguous": "Whether the policy decided between points and per cent, or does not say.",
    "marker": "What stands in place of a figure that is withheld, as * or <10; blank where none is.",
    "feed": "Name of the feed in the state's feeds.yaml, blank where no feed asks for the file.",
    "header_row": "Row of the sheet where the header was found.",
    "notes_dropped": "Title, note and footer rows passed over.",
    "as_of": "The night's as-of time (UTC).",
    "code_version": "Hash of the code, models, suites and seeds.",
    "policy_sha256": "Hash of the state's policy file and, where it has them, of its feeds.yaml and allocation.yaml.",
    "archive_sha256": "Hash over what had been received by the as-of time.",
    "state": "Name of the state.",
    "received_until": "When the last thing that counts was received or decided (UTC); null where nothing was.",
    "time_zone": "The state's time zone.",
    "school_year_first_month": "First month of the school year, 1 to 12.",
    "method_kind": "formula or competitive.",
    "method": "Name of the method in the state's allocation.yaml.",
    "title": "What the method is called.",
    "fill": "scale_to_pool, ratable_if_over or priority_cut: how claims meet the pool.",
    "most_per_unit": "Dollars that a weight of one may come to at most.",
    "minimum_answer": "raise or drop: what becomes of a share below the smallest award; null without one.",
    "caps_requested": "Whether nobody gets more than was asked for.",
    "lea_cap": "Dollars that an LEA gets at most.",
    "last_award": "Where a priority list is cut: none (the next gets nothing) or partial (what is left).",
    "lea_retained_percent": "Per cent of a school's award that stays with its LEA.",
    "years": "Years of an award, the planning year included.",
    "planning_year_percent": "Per cent of a full year that a planning year gets.",
    "continuing_schools": "once or again: whether a school with a continuing award shares in the new money too.",
    "geography": "told or required: whether a region or locale left out must be justified.",
    "from_fiscal_year": "First fiscal year in force.",
    "until_fiscal_year": "First fiscal year no longer in force, null while it still is.",
    "fiscal_year": "Federal fiscal year of the money.",
    "amount": "Dollars.",
    "group_kind": "region or locale.",
    "group_name": "Which one.",
    "justification": "Why it has no award, as the state recorded it.",
    "used_for": "eligible (a rule), part (of a claim) or order (a place on the priority list).",
    "line_no": "Number of the line within the method and its use, as the file has them.",
    "label": "Words for people.",
    "unit": "school, pupil (times the count) or lea, for a part.",
    "count_fact": "The fact that is counted, for a part by pupil.",
    "is_requested": "Whether the part is what was asked for.",
    "weight": "Share of what the amounts leave of the pool, for a part.",
    "n_conditions": "How many conditions the line has; all must hold.",
    "condition_no": "Number of the condition within its line.",
    "fact": "The fact it looks at (int_1003_facts).",
    "codes": "Texts, separated by commas, of which the fact must be one.",
    "not_codes": "Texts, separated by commas, of which the fact may be none.",
    "from_number": "Lower bound that still fits.",
    "above_number": "Lower bound that no longer fits.",
    "until_number": "Upper bound that no longer fits.",
    "at_most_number": "Upper bound that still fits.",
    "limit_kind": "minimum or school_cap.",
    "category": "Category of designation it is for; all where for every one.",
    "parameter": "Name of the policy parameter.",
    "from_year": "First school year the value holds for.",
    "until_year": "First school year it no longer holds for, null while it still does.",
    "citation": "Where the value comes from.",
    "confirmed": "False where its source was not seen or it is a choice of the example.",
}
# every row of a submission names them: what is counted by LEA is found by them
OF_LEAS = ("lea_id", "org_id")
GRAINS = {
    "intake__submissions": ("one row per received submission file", ["submission_id"]),
    "intake__tables": (
        "one row per submission and table that its file holds",
        ["submission_id", "table_name"],
    ),
    "intake__findings": ("one row per thing found wrong or odd in a cell, row or file", []),
    "intake__withdrawals": (
        "one row per decision of the state about a submission",
        ["submission_id", "decided_at"],
    ),
    "intake__measure_values": (
        "one row per submission, measure (and year of a result), written figure and part",
        ["submission_id", "org_id", "parent_code", "measure_no", "school_year", "figure", "part"],
    ),
    "feed__files": (
        "one row per received feed file and table it was read for",
        ["source_file", "file_sha256", "table_name"],
    ),
    "run": ("one row: the facts of this night", ["as_of"]),
    "calendar": ("one row: the state's time zone and school year", ["time_zone"]),
    "received": ("one row: when the last thing that counts in this night came", []),
    "policy": ("one row per policy parameter and span of school years", ["parameter", "from_year"]),
    "allocation__methods": ("one row per method of awarding §1003 money", ["method"]),
    "allocation__in_force": (
        "one row per span of fiscal years that a method is in force",
        ["from_fiscal_year"],
    ),
    "allocation__appropriations": (
        "one row per fiscal year whose awards the state's own budget limits",
        ["fiscal_year"],
    ),
    "allocation__geography": (
        "one row per region or locale without an award that the state justified",
        ["fiscal_year", "group_kind", "group_name"],
    ),
    "allocation__lines": (
        "one row per rule, part or place of a method: what its conditions decide",
        ["method", "used_for", "line_no"],
    ),
    "allocation__conditions": (
        "one row per condition of a line of a method",
        ["method", "used_for", "line_no", "condition_no"],
    ),
    "allocation__limits": (
        "one row per smallest award or cap of a method, by category",
        ["method", "limit_kind", "category"],
    ),
}


def staging_files() -> dict[Path, str]:
    """Every generated file by path: a .sql and a .yml per lake table, and `_sources.yml`."""
    files: dict[Path, str] = {}
    tables = {
        **lake.table_columns(),
        "run": RUN_COLUMNS,
        "calendar": CALENDAR_COLUMNS,
        "received": RECEIVED_COLUMNS,
        "policy": POLICY_COLUMNS,
        **ALLOCATION_COLUMNS,
    }
    contracts = {f"submission__{n}": t for n, t in submission_tables().items()}
    contracts |= {f"feed__{n}": t for n, t in feed_tables().items()}
    for name, columns in tables.items():
        if name == "received":
            continue  # every other's condition, and nothing to select from
        contract = contracts.get(name)
        grain, key = _grain(name, contract)
        files[STAGING / f"stg_{name}.sql"] = _sql(name, columns)
        files[STAGING / f"stg_{name}.yml"] = _yml(name, columns, contract, grain, key)
    files[STAGING / "_sources.yml"] = _sources(tables, contracts)
    return files


def _grain(name: str, contract: Table | None) -> tuple[str, list[str]]:
    if contract is None:
        return GRAINS[name]
    if name.startswith("submission__"):
        key = [k for k in contract.primary_key if k not in lake.SUBMISSION_LINEAGE]
        return f"{contract.grain}, in each submission", ["submission_id", *key]
    return f"{contract.grain}, in each file", ["file_sha256", "source_file", *contract.primary_key]


def _sql(name: str, columns: dict[str, str]) -> str:
    listed = ",\n".join(f"    {c}" for c in columns)
    time = lake.time_column(columns)
    where = f"\nwhere {time} <= {{{{ received_until() }}}}" if time else ""
    return f"select\n{listed}\nfrom {{{{ source('lake', '{name}') }}}}{where}\n"


def _yml(name: str, columns: dict[str, str], contract: Table | None, grain: str, key: list[str]) -> str:
    documented: list[dict[str, Any]] = []
    required = []
    for column, sql_type in columns.items():
        field = next((f for f in contract.fields if f.name == column), None) if contract else None
        meta: dict[str, Any] = {}
        if field and field.unit:
            meta["unit"] = field.unit
        if field and field.pii:
            meta["pii"] = True
        if field and field.code_set:
            meta["codes"] = field.code_set.name
        if field and field.required:
            required.append(column)
        entry: dict[str, Any] = {
            "name": column,
            "description": field.description if field else LINEAGE_DOCS[column],
            "data_type": sql_type.lower(),
        }
        if meta:
            entry["config"] = {"meta": meta}
        documented.append(entry)
    about = f"Grain: {grain}. {contract.description if contract else ''}".strip()
    model: dict[str, Any] = {"name": f"stg_{name}", "description": about, "columns": documented}
    if key:
        # a statement's key may hold a blank (an unmapped file has no table); a contract's may not
        not_null = (
            sorted(set(required) | set(key))
            if contract
            else [*key[:1], *(c for c in OF_LEAS if c in columns)]
        )
        model["data_tests"] = [{"holds_contract": {"arguments": {"key": key, "required": not_null}}}]
    return _dump({"models": [model]})


def _sources(tables: dict[str, dict[str, str]], contracts: dict[str, Table]) -> str:
    listed = [
        {"name": n, "description": contracts[n].description if n in contracts else f"Grain: {GRAINS[n][0]}."}
        for n in tables
    ]
    source = {
        "name": "lake",
        "description": "What intake and feeds wrote, and the facts of the night; views made before dbt starts.",
        "schema": "lake",
        "tables": listed,
    }
    return _dump({"sources": [source]})


def _dump(value: dict[str, Any]) -> str:
    head = "# Written by `python -m orchestration.warehouse.staging` from the contracts; change those.\n"
    return head + yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110)


def main() -> None:
    """Write the files and remove those of tables that are gone."""
    files = staging_files()
    STAGING.mkdir(parents=True, exist_ok=True)
    for path in STAGING.iterdir():
        if path not in files:
            path.unlink()
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
