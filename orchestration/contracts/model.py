"""What a submission and a feed look like: the loaded form of the YAML beside this file.

The contracts are the single source for the template, the parser, the checks on types, the staging
columns and the reference pages. Vocabulary: Frictionless Table Schema, with the extra keys
`sheet`, `when`, `grain`, `codeSet`, `codeSetIsOpen`, `codeLevel`, `aliases`, `unit`, `pii`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from orchestration.contracts.codesets import CodeSet, load_code_sets
from orchestration.errors import ConfigError
from orchestration.yaml_text import load_yaml

CONTRACTS = Path(__file__).parent
SUBMISSION_ORDER = (
    "cover", "organizations", "goals", "measures", "needs", "root_causes", "priorities", "strategies",
    "milestones", "actions", "action_status", "milestone_reports", "strategy_reports",
    "measure_results", "supports", "self_reflection", "self_reflection_notes", "duties",
    "application_1003", "requests_1003", "expenditures",
)  # fmt: skip

When = Literal["plan", "monthly", "quarterly", "semester", "annual", "application"]

# Table Schema (type, format) -> DuckDB type of the lake and of staging. Money is exact; `exact`
# keeps every digit a file holds.
SQL_TYPES: dict[tuple[str, str], str] = {
    ("string", ""): "VARCHAR",
    ("string", "org_id"): "VARCHAR",
    ("string", "plan_code"): "VARCHAR",
    ("string", "school_year"): "VARCHAR",
    ("string", "period"): "VARCHAR",
    ("string", "list"): "VARCHAR",
    ("integer", ""): "BIGINT",
    ("number", ""): "DECIMAL(18,4)",
    ("number", "money"): "DECIMAL(18,2)",
    ("number", "percent"): "DECIMAL(9,4)",
    ("number", "exact"): "DECIMAL(38,16)",
    ("boolean", ""): "BOOLEAN",
    ("date", ""): "DATE",
    ("datetime", ""): "TIMESTAMP",
}


@dataclass(frozen=True)
class Field:
    """One column of a contract table."""

    name: str
    title: str
    type: str
    format: str
    description: str
    required: bool
    minimum: float | None = None
    maximum: float | None = None
    code_set: CodeSet | None = None
    code_set_is_open: bool = False  # a state may have codes beside it
    code_level: str | None = None
    aliases: tuple[str, ...] = ()
    unit: str | None = None
    pii: bool = False
    example: Any = None

    @property
    def sql_type(self) -> str:
        """DuckDB type of the column in the lake and in staging."""
        return SQL_TYPES[(self.type, self.format)]


@dataclass(frozen=True)
class Table:
    """One contract table; `fields` are in the order of the sheet."""

    name: str
    title: str
    sheet: str
    grain: str
    description: str
    primary_key: tuple[str, ...]
    fields: tuple[Field, ...]
    when: When | None = None
    foreign_keys: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = field(default=())

    def field(self, name: str) -> Field:
        """The field of that name; KeyError where there is none."""
        for f in self.fields:
            if f.name == name:
                return f
        raise KeyError(f"table {self.name} has no column {name}")


def _load_field(raw: dict[str, Any], where: str, code_sets: dict[str, CodeSet]) -> Field:
    constraints = raw.get("constraints", {})
    key = (raw["type"], raw.get("format", ""))
    if key not in SQL_TYPES:
        raise ConfigError(f"{where}: column {raw['name']} has unknown type {key}; known: {sorted(SQL_TYPES)}")
    code_set = raw.get("codeSet")
    if code_set is not None and code_set not in code_sets:
        raise ConfigError(
            f"{where}: column {raw['name']} names code set {code_set!r}; seeds/ has no such file"
        )
    return Field(
        name=raw["name"],
        title=raw["title"],
        type=raw["type"],
        format=raw.get("format", ""),
        description=" ".join(raw["description"].split()),
        required=bool(constraints.get("required", False)),
        minimum=constraints.get("minimum"),
        maximum=constraints.get("maximum"),
        code_set=code_sets[code_set] if code_set else None,
        code_set_is_open=bool(raw.get("codeSetIsOpen", False)),
        code_level=raw.get("codeLevel"),
        aliases=tuple(raw.get("aliases", ())),
        unit=raw.get("unit"),
        pii=bool(raw.get("pii", False)),
        example=raw.get("example"),
    )


def _load_table(path: Path) -> Table:
    raw = load_yaml(path.read_text(encoding="utf-8"))
    where = f"{path.parent.name}/{path.name}"
    if raw["name"] != path.stem:
        raise ConfigError(f"{where}: name is {raw['name']!r}; it must be the file's own name")
    code_sets = load_code_sets()
    fields = tuple(_load_field(f, where, code_sets) for f in raw["fields"])
    names = [f.name for f in fields]
    unknown = [k for k in raw["primaryKey"] if k not in names]
    if unknown or len(set(names)) != len(names):
        raise ConfigError(f"{where}: key columns {unknown} are not columns, or a column stands twice")
    return Table(
        name=raw["name"],
        title=raw["title"],
        sheet=raw.get("sheet", raw["title"]),
        grain=raw["grain"],
        description=" ".join(raw["description"].split()),
        primary_key=tuple(raw["primaryKey"]),
        fields=fields,
        when=raw.get("when"),
        foreign_keys=tuple(
            (tuple(fk["fields"]), fk["reference"]["resource"], tuple(fk["reference"]["fields"]))
            for fk in raw.get("foreignKeys", ())
        ),
    )


@cache
def submission_tables() -> dict[str, Table]:
    """Every table of a submission by name, in the order of the workbook's sheets."""
    found = {p.stem for p in (CONTRACTS / "submission").glob("*.yaml")}
    if found != set(SUBMISSION_ORDER):
        raise ConfigError(
            f"contracts/submission and SUBMISSION_ORDER differ: {found ^ set(SUBMISSION_ORDER)}"
        )
    return {name: _load_table(CONTRACTS / "submission" / f"{name}.yaml") for name in SUBMISSION_ORDER}


@cache
def feed_tables() -> dict[str, Table]:
    """Every canonical feed table by name: what any state's own files are mapped to."""
    paths = sorted((CONTRACTS / "feeds").glob("*.yaml"))
    return {p.stem: _load_table(p) for p in paths}
