"""The columns of a sheet of the template: header, width, number format, which are locked, what they ask.

Beside the contract's columns a prefilled sheet shows what a person needs to know a row again: the
organization's name, what an action is and when it is due. Those headers begin with `flex_`, so that no
rule reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.contracts.model import Field, Table

REQUIRED_MARK = " *"
LONG_TEXT = 44  # width of columns that hold sentences; they wrap
FROZEN_WIDTH = 80  # characters that may stay in sight while the others scroll
COVER_IDENTITY = ("lea_id", "period", "template_version")
PROMPT_LIMIT, TITLE_LIMIT = 255, 32  # of a cell's prompt, set by the file format


@dataclass(frozen=True)
class Beside:
    """A column for the reader's eyes: shown after another, from the row of a plan table.

    Args:
        name: key of the value in a row.
        header: begins with `flex_`.
        after: the contract column it follows.
        source: plan table and column that it repeats; None for the organization's name.
    """

    name: str
    header: str
    after: str
    width: float
    source: tuple[str, str] | None = None
    is_date: bool = False


_NAME = Beside("flex_name", "flex_Name", "org_id", 34)
_BESIDE: dict[str, tuple[Beside, ...]] = {
    "action_status": (
        Beside("flex_action", "flex_What will be done", "action_code", 44, ("actions", "description")),
        Beside("flex_due", "flex_Due", "action_code", 12, ("actions", "due_on"), is_date=True),
    ),
    "milestone_reports": (
        Beside("flex_milestone", "flex_Milestone", "milestone_code", 44, ("milestones", "description")),
    ),
    "strategy_reports": (
        Beside("flex_strategy", "flex_Strategy: if we", "strategy_code", 44, ("strategies", "if_we")),
    ),
    "measure_results": (
        Beside("flex_indicator", "flex_Indicator", "measure_no", 44, ("measures", "indicator")),
    ),
}


def beside(table: Table) -> tuple[Beside, ...]:
    """The columns for the reader's eyes of a prefilled sheet."""
    has_org = any(f.name == "org_id" for f in table.fields)
    return ((_NAME,) if has_org else ()) + _BESIDE.get(table.name, ())


@dataclass(frozen=True)
class Column:
    """One column of a sheet: a contract field, or a column for the reader's eyes."""

    name: str
    header: str
    width: float
    num_format: str
    field: Field | None
    required: bool
    identity: bool


def columns_of(table: Table, with_beside: bool) -> tuple[Column, ...]:
    """The columns of a table's sheet from left to right."""
    extra = beside(table) if with_beside else ()
    columns = []
    for field in table.fields:
        columns.append(
            Column(
                field.name,
                header_of(field),
                width(field),
                _num_format(field),
                field,
                field.required,
                _is_identity(table, field),
            )
        )
        for b in extra:
            if b.after == field.name:
                form = "yyyy-mm-dd" if b.is_date else "@"
                columns.append(Column(b.name, b.header, b.width, form, None, False, True))
    return tuple(columns)


def _is_identity(table: Table, field: Field) -> bool:
    return field.name in table.primary_key or (table.name == "cover" and field.name in COVER_IDENTITY)


def frozen_columns(columns: Sequence[Column]) -> int:
    """How many columns stay in sight: the key and the name, where that leaves room for the others."""
    fitting = 0
    for n, column in enumerate(columns, 1):
        belongs = column.identity and (column.field is not None or column.name == _NAME.name)
        if belongs and sum(c.width for c in columns[:n]) <= FROZEN_WIDTH:
            fitting = n
    return fitting if fitting < len(columns) - 1 else 0


def header_of(field: Field) -> str:
    """What stands in the header above a column: its title, marked where the column is required."""
    return field.title + (REQUIRED_MARK if field.required else "")


def _num_format(field: Field) -> str:
    forms = {
        "date": "yyyy-mm-dd",
        "datetime": "yyyy-mm-dd hh:mm",
        "integer": "0",
        "number": "#,##0.00" if field.format == "money" else "General",
        "boolean": "General",
    }
    # text stays text: else a program turns 01234 into 1234 and 1.1 into a day
    return forms.get(field.type, "@")


def width(field: Field) -> float:
    """A width in characters at which the column's usual values can be read."""
    if field.code_set is not None and field.format != "list":
        usual = max(len(c) for c in field.code_set.codes) + 4
    elif field.type == "string":
        usual = {"org_id": 18, "plan_code": 11, "school_year": 11, "period": 11, "list": 18}.get(
            field.format, LONG_TEXT
        )
        if usual == LONG_TEXT and len(str(field.example or "")) < 12:
            usual = 18
    else:
        usual = 13
    longest_word = max(len(word) for word in header_of(field).split())
    return max(usual, longest_word + 2, 9)


def wrapped_columns(columns: Sequence[Column]) -> dict[str, int]:
    """The columns whose text wraps, with the characters that surely fit one line."""
    wraps = [c for c in columns if c.num_format == "@" and c.width >= LONG_TEXT]
    return {c.name: int(c.width) for c in wraps}


def entry_rule(field: Field, lists: dict[str, str]) -> dict[str, Any]:
    """What a cell of the column lets be typed, and what it says of itself when it is chosen."""
    rule = {**_allowed(field, lists), **_prompt(field)}
    return rule if rule["validate"] != "any" or "input_message" in rule else {}


def _allowed(field: Field, lists: dict[str, str]) -> dict[str, Any]:
    error = {"error_title": field.title[:TITLE_LIMIT]}
    if field.code_set is not None:
        several = field.format == "list"  # a list offers codes one at a time, but must let people write two
        return {
            "validate": "list",
            "source": lists[field.code_set.name],
            "show_error": not (several or field.code_set_is_open),
            "error_message": "Choose a code from the list; the Codes sheet says what each means.",
            **error,
        }
    if field.type == "boolean":
        return {
            "validate": "list", "source": ["yes", "no"], "error_message": "Choose yes or no.", **error
        }  # fmt: skip
    if field.type == "date":
        return {
            "validate": "date", "criteria": "between", "minimum": DAYS[0], "maximum": DAYS[1],
            "error_message": "Write a day, as 2024-01-31.", **error,
        }  # fmt: skip
    if field.type in ("integer", "number"):
        return {**_limits(field), **error}
    return {"validate": "any"}


DAYS = (36526, 73050)  # 2000-01-01 to 2099-12-31, as a sheet counts days


def _limits(field: Field) -> dict[str, Any]:
    kind = "integer" if field.type == "integer" else "decimal"
    what = "a whole number" if kind == "integer" else "a number"
    low, high = field.minimum, field.maximum
    if low is not None and high is not None:
        limits: dict[str, Any] = {"criteria": "between", "minimum": low, "maximum": high}
        what += f" from {low:g} to {high:g}"
    elif low is not None:
        limits = {"criteria": ">=", "value": low}
        what += f", {low:g} or more"
    else:
        limits = {"criteria": "between", "minimum": -1e15, "maximum": 1e15}
    return {"validate": kind, **limits, "error_message": f"Write {what}."}


def _prompt(field: Field) -> dict[str, Any]:
    """The words shown when a cell is chosen; none for what everybody knows by the header."""
    if field.name == "org_id":
        return {}
    example = f" Example: {_shown(field.example)}" if field.example is not None else ""
    text = f"{field.description}{example}"
    if len(text) > PROMPT_LIMIT:
        text = text[: PROMPT_LIMIT - 2] + " …"
    return {"input_title": header_of(field)[:TITLE_LIMIT], "input_message": text}


def _shown(example: Any) -> str:
    return {True: "yes", False: "no"}[example] if isinstance(example, bool) else str(example)
