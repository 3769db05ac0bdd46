"""References inside a file: what a row names (its milestone, its goal, its action …) stands in the file too.

Looked at only where the file brings the table that is named, with a good row: a file without it leaves
standing what was sent before, which only the night knows. A row that was put aside for another reason
still counts as there, so that one slip is told once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from orchestration.intake.together import Mask, Numbering, flag, keys
from orchestration.intake.verdict import FileVerdict, TableVerdict


def _itself(code: Any) -> Any:
    return code


def _above(code: str) -> str:
    """The code one level up: the milestone of an action."""
    return code.rpartition(".")[0]


def _goal(code: str) -> str | None:
    return code if code.startswith("G") else None


def _strategy(code: str) -> str | None:
    return None if code.startswith("G") else code


@dataclass(frozen=True)
class Reference:
    """One column that names a row of another table.

    Args:
        rule: the rule that says it exists.
        table, column: where it is named.
        parent, parent_column: where it should stand.
        take: the code that is named, of the column's value; None where the value names none.
        also: a further column that both tables have and that must agree.
    """

    rule: str
    table: str
    column: str
    parent: str
    parent_column: str
    take: Callable[[Any], Any] = _itself
    also: str | None = None


REFERENCES = (
    Reference("reference.goal", "measures", "parent_code", "goals", "goal_code", _goal),
    Reference("reference.strategy", "measures", "parent_code", "strategies", "strategy_code", _strategy),
    Reference("reference.need", "root_causes", "need_item_no", "needs", "item_no"),
    Reference("reference.priority", "strategies", "strategy_code", "priorities", "priority_no", _above),
    Reference("reference.goal", "strategies", "goal_code", "goals", "goal_code"),
    Reference("reference.strategy", "milestones", "milestone_code", "strategies", "strategy_code", _above),
    Reference("reference.milestone", "actions", "action_code", "milestones", "milestone_code", _above),
    Reference("reference.action", "action_status", "action_code", "actions", "action_code"),
    Reference("reference.milestone", "milestone_reports", "milestone_code", "milestones", "milestone_code"),
    Reference("reference.strategy", "strategy_reports", "strategy_code", "strategies", "strategy_code"),
    Reference("reference.measure", "measure_results", "measure_no", "measures", "measure_no", also="parent_code"),
    Reference("reference.strategy", "supports", "strategy_code", "strategies", "strategy_code"),
)  # fmt: skip


def check_references(
    tables: dict[str, TableVerdict], verdicts: list[FileVerdict], explained: dict[str, Mask]
) -> None:
    """Flag every good row that names what its file lacks.

    Args:
        tables: the rows of all files.
        verdicts: the files, which get the findings.
        explained: by table the rows whose code is already known to be another's.
    """
    for reference in REFERENCES:
        child, parent = tables.get(reference.table), tables.get(reference.parent)
        if child is None or parent is None:
            continue
        missing = _missing(reference, child, parent)
        if reference.table in explained:  # its own rule says it
            missing &= ~explained[reference.table]

        words = partial(_words, reference, child, parent)
        flag(child, verdicts, np.nonzero(missing)[0], reference.rule, reference.column, words)


def _words(reference: Reference, child: TableVerdict, parent: TableVerdict, row: int) -> dict[str, Any]:
    read = str(reference.take(_value(child, reference.column, row)))
    if reference.also:
        read = f"{read} of {_value(child, reference.also, row)}"
    return {"read": read, "where": parent.rows.sheets[int(child.files[row])]}


def _value(table: TableVerdict, name: str, row: int) -> Any:
    column = table.columns[name]
    return column.reads[column.codes[row]].value


def _missing(reference: Reference, child: TableVerdict, parent: TableVerdict) -> Mask:
    """The good rows whose named row is not there, where that can be told."""
    organizations, codes, others = Numbering(), Numbering(), Numbering()
    parent_org = organizations.of(parent.columns["org_id"])
    child_org = organizations.of(child.columns["org_id"])
    parent_code = codes.of(parent.columns[reference.parent_column])
    child_code = codes.of(child.columns[reference.column], reference.take)
    more_parent, more_child = [], []
    if reference.also:
        more_parent = [(others.of(parent.columns[reference.also]), others)]
        more_child = [(others.of(child.columns[reference.also]), others)]
    there = parent.there
    known = keys(parent.files, (parent_org, organizations), (parent_code, codes), *more_parent)
    named = keys(child.files, (child_org, organizations), (child_code, codes), *more_child)
    missing = child.good & (child_code >= 0) & ~np.isin(named, known[there])
    # only where the file brings a good row of the table, and all that it says there could be read
    missing &= np.isin(child.files, parent.files[parent.good])
    missing &= ~np.isin(child.files, parent.files[there & (parent_org < 0)])
    unread = there & (parent_code < 0)
    for numbers, _ in more_parent:
        unread |= there & (numbers < 0)
    of_org = keys(parent.files, (parent_org, organizations))
    return missing & ~np.isin(keys(child.files, (child_org, organizations)), of_org[unread])
