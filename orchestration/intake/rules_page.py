"""Writes `docs/rules.md`, every rule of intake, from `rules.yaml`.

Run it by `python -m orchestration.intake.rules_page`.
The page is committed; a test holds it against what this module gives.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.intake.rules import RULES, Rule, Severity

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
HEAD = """\
# Rules of intake

<!-- Written by `python -m orchestration.intake.rules_page` from orchestration/intake/rules.yaml; change that. -->

What is checked of every file that an LEA sends. The ID stands in receipts, in the workbook that is sent
back and in `intake__findings`. A rule that fires says what was found where, and how to mend it; the words
are given here with `{value}` and the like for what is filled in. How cells are read is told in
[submission.md](submission.md), how targets are read in [targets.md](targets.md).
"""
SECTIONS: dict[Severity, tuple[str, str]] = {
    "refuse": (
        "Refused",
        "Nothing of the file counts. Of several, the first in this order is the reason given.",
    ),
    "reject": ("Put aside", "The row does not count, the others do. Mend it and send the file again."),
    "flag": ("Flagged", "The row counts as it was read. Flags never block; somebody should look."),
}


def rules_page() -> str:
    """The page as Markdown."""
    lines = [HEAD]
    for severity, (title, what) in SECTIONS.items():
        lines += [f"## {title}", what, "", "| rule | where | checks | why | since |", "|---|---|---|---|---|"]
        lines += [_row(rule) for rule in RULES.values() if rule.severity == severity]
        lines.append("")
    lines += ["## What the sender is told", "| rule | words |", "|---|---|"]
    lines += [f"| [{rule.id}](#{_anchor(rule.id)}) | {_cell(rule.message)} |" for rule in RULES.values()]
    return "\n".join(lines) + "\n"


def _row(rule: Rule) -> str:
    name = f'<a id="{_anchor(rule.id)}"></a>`{rule.id}`'
    return f"| {name} | {_cell(rule.scope)} | {_cell(rule.checks)} | {_cell(rule.why)} | {rule.since} |"


def _anchor(rule_id: str) -> str:
    return rule_id.replace(".", "-")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Write the page."""
    PAGE.write_text(rules_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
