"""Writes `seeds/intake_rules.csv`, the rules of intake for the marts, from `rules.yaml`.

Run it by `python -m orchestration.intake.rules_seed`.
The file is committed; a test holds it against what this module gives.
"""

from __future__ import annotations

import csv
import io

from orchestration.intake.rules import RULES
from orchestration.settings import PROJECT

SEED = PROJECT / "seeds" / "intake_rules.csv"
COLUMNS = ("rule_id", "rule_severity", "rule_scope", "rule_checks", "rule_why", "since_version", "rule_order")


def rules_seed() -> str:
    """The rules as CSV, in order of precedence."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for order, r in enumerate(RULES.values(), 1):
        writer.writerow([r.id, r.severity, r.scope, r.checks, r.why, r.since, order])
    return text.getvalue()


def main() -> None:
    """Write the file."""
    SEED.write_text(rules_seed(), encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
