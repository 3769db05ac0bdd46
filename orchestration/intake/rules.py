"""Every rule of intake, in one place (`rules.yaml`): id, severity, what it checks, words for its sender.

Severities: `refuse` (nothing of the file counts), `reject` (this row is put aside, the others count),
`flag` (the row counts; somebody should look). Receipts, the lake and the reference page use these ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from orchestration.yaml_text import load_yaml

Severity = Literal["refuse", "reject", "flag"]
LONGEST_VALUE = 500  # characters of a cell that a finding repeats; the archive holds all of it


@dataclass(frozen=True)
class Rule:
    """One rule.

    Args:
        id: its name in receipts and in the lake.
        severity: what becomes of the file or row.
        since: version of Interlace that first had it.
        scope: tables and columns it looks at.
        checks: what it checks, for the reference page.
        why: why it is a rule, for the reference page.
        message: words for the sender, with the fix; `{value}`, `{column}` … are filled in.
    """

    id: str
    severity: Severity
    since: str
    scope: str
    checks: str
    why: str
    message: str


RULES: dict[str, Rule] = {
    id: Rule(id=id, **facts)
    for id, facts in load_yaml((Path(__file__).parent / "rules.yaml").read_text(encoding="utf-8")).items()
}


def severity(rule: str) -> Severity:
    """What becomes of the row or file; KeyError for an id that stands not here."""
    return RULES[rule].severity


def shown(value: Any) -> str:
    """A cell as its sender sees it, cut where it is very long."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = str(value).encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + " …"


def message(
    rule: str, *, sheet: str | None, row: int | None, column: str | None, value: str | None, **more: Any
) -> str:
    """The words for the sender: where, what, and the fix."""
    place = [sheet or "", f"row {row}" if row else "", column or ""]
    where = ", ".join(p for p in place if p)
    text = RULES[rule].message.format(column=column, value=value, **more)
    return f"{where}: {text}" if where else text
