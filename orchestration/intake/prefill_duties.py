"""The rows of the Duties sheet that nobody has told of yet: what designated schools and their LEAs owe.

A help for who fills the sheet in; what is owed is decided by the marts (docs/duties.md).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache

from upath import UPath

from orchestration.contracts.codesets import SEEDS
from orchestration.errors import ConfigError
from orchestration.feeds.directory import stated_duties
from orchestration.intake.prefill_rows import Row
from orchestration.policy import Policy

REPORTED_BY = ("school", "lea")


@cache
def _laws() -> dict[str, dict[str, str]]:
    """By category the law's duties with who owes each."""
    found: dict[str, dict[str, str]] = {}
    with (SEEDS / "duty_rules.csv").open(encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            found.setdefault(row["category"], {})[row["duty_code"]] = row["owed_by"]
    return found


def reported_duties(root: UPath, policy: Policy, as_of: datetime, school_year: str) -> dict[str, list[str]]:
    """By category the duties that schools and LEAs report in a school year, the law's first.

    Without those that are owed only some years after a school was identified.
    """
    owed = {category: dict(duties) for category, duties in _laws().items()}
    for row in stated_duties(root, as_of, school_year).itertuples(index=False):
        owed.setdefault(str(row.category), {})[str(row.duty_code)] = str(row.owed_by)
    try:
        rules = [r.partition("=") for r in policy.value("duty_due", school_year).split(",")]
    except ConfigError:
        rules = []
    later = {duty for duty, _, rule in rules if "y" in rule}
    return {
        category: [
            code
            for code, owner in duties.items()
            if owner in REPORTED_BY and code not in later and f"{code}.{category}" not in later
        ]
        for category, duties in owed.items()
    }


def not_told(
    schools: Iterable[str],
    categories: Mapping[str, Iterable[str]],
    duties: Mapping[str, list[str]],
    told: Iterable[Row],
) -> list[Row]:
    """Rows without a day for what those schools owe and nobody told of.

    Args:
        categories: designations by school.
        duties: duties by category, as `reported_duties` gives them.
        told: the rows that stand.
    """
    known = {(row["org_id"], row["duty_code"]) for row in told}
    return [
        {"org_id": org_id, "duty_code": code}
        for org_id in schools
        for code in dict.fromkeys(
            c for category in sorted(categories[org_id]) for c in duties.get(category, ())
        )
        if (org_id, code) not in known
    ]
