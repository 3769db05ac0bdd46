"""Writes `docs/targets.md`: what each written form of a target, baseline or result becomes.

Run it by `python -m orchestration.intake.targets_page`.
The page is committed; a test holds it against what this module gives.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from orchestration.intake.measure_texts import problems
from orchestration.intake.targets import Comparison, Target, read_target

PAGE = Path(__file__).parents[2] / "docs" / "targets.md"
HEAD = """\
# How targets are read

<!-- Written by `python -m orchestration.intake.targets_page` from orchestration/intake/targets.py; change that. -->

Baselines, targets and results are written as people write them, and kept as they were written: the lake
holds the text, and beside it the numbers (`intake__measure_values`) on which the marts rest. This grammar
says which number a text means, and what intake flags because it can't be told for certain. A text that has
none of these forms is kept, flagged `target.not_understood`, and never made into a number. Case and spaces
do not matter; `≥`, `>=` and `at least` are the same.

A baseline or result may withhold its figure: `*`, `<10`, `n/a`, `--`, or a bound or span in place of it
(`>95%`, `45-50%`). It has no number and is not flagged: nobody is asked to tell what must not be told.

A change in per cent of a measure that is itself in per cent ("4% increase") may mean four points or four
per cent of where it starts. The state's policy decides (`percent_change_means`), and each one is flagged
`target.ambiguous`. Of a count, a score, dollars or days it can only be relative, and is not flagged.
"""
LEVELS = (
    "70%", "70 percent", "at least 70%", "≥ 70 %", "70% or more", "70%+", "minimum of 70%", "at most 12",
    "no more than 12 days", "more than 3.5", "exactly 40", "-45", "1,200", "$1,200.50", "70% of students",
    "maintain at least 85%", "increase to 55%", "from 48% to 55%", "increase from 48% to 55%", "0.45",
)  # fmt: skip
RANGES = ("70-75%", "70% – 75%", "between 70% and 75%")
PARTS = ("Gr 5: 68% Gr 8: 61%", "Gr 5:68%; Gr 8:61%", "ELA: at least 45%, Math: at least 38%")
CHANGES = (
    "increase by 3 points", "5 percentage points increase", "5 pp increase", "at least a 5 point gain",
    "reduce by 3-5 points", "increase by 3 points over baseline", "decrease by 2 each year",
    "improve by 3 points", "10% relative increase", "relative increase of 10%", "4% increase",
    "5% increase", "reduce by 10%", "10% fewer",
)  # fmt: skip
NEITHER = ("maintain", "N/A", "TBD", "none")
NOT_UNDERSTOOD = (
    "70% to 75%", "+5%", "-5%", "12 points", "about 70%", "70% by 2025", "3/4", "1,20", "2023-24",
    "75-70%", "Reading 45% Math 38%", "most students", "increase",
)  # fmt: skip
# (title, written forms, unit of the measure)
SECTIONS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("Levels", LEVELS, "percent"),
    ("Ranges", RANGES, "percent"),
    ("Several parts", PARTS, "percent"),
    ("Changes of a measure in per cent", CHANGES, "percent"),
    ("Changes of a count", ("4% increase", "10% fewer", "increase by 12", "reduce by 10%"), "count"),
    ("Neither a level nor a change", NEITHER, "percent"),
    ("Not understood", NOT_UNDERSTOOD, "percent"),
)
COMPARISONS: dict[Comparison, str] = {
    "none": "", "at_least": "at least ", "at_most": "at most ", "more_than": "more than ",
    "less_than": "less than ", "exactly": "exactly ",
}  # fmt: skip


def targets_page() -> str:
    """The page as Markdown; ambiguous forms under both values of the policy."""
    lines = [HEAD]
    for title, forms, unit in SECTIONS:
        lines += [f"## {title}", "| written | kind | read as | flagged |", "|---|---|---|---|"]
        for text in forms:
            target = read_target(text, unit, "points")
            found = [target]
            if target.is_ambiguous:
                found.append(read_target(text, unit, "relative"))
            kinds = " or ".join(dict.fromkeys(f"`{t.kind}`" for t in found))
            read = " or ".join(dict.fromkeys(words(t, unit) for t in found))
            flags = ", ".join(f"`{rule}`" for rule, _ in problems(target, "target_y1", "points"))
            lines.append(f"| {text} | {kinds} | {read} | {flags} |")
        lines.append("")
    return "\n".join(lines)


def words(target: Target, unit: str) -> str:
    """What a target of a measure in that unit was read as, in words."""
    if target.parts:
        return "; ".join(f"{part.label}: {words(part, unit)}" for part in target.parts)
    if target.low is None or target.high is None:
        return "as the baseline" if target.kind == "maintain" else ""
    sign = "%" if target.is_percent and target.kind in ("level", "range") else ""
    number = f"{_plain(target.low)}{sign}"
    if target.high != target.low:
        number += f" to {_plain(target.high)}{sign}"
    number = COMPARISONS[target.comparison] + number
    if target.direction:
        points = " points" if unit == "percent" else ""
        of = " per cent of where it starts" if target.kind == "relative" else points
        number = f"{target.direction} by {number}{of}"
    since = {"baseline": " from the baseline", "previous_year": " from the year before"}
    start = f", from {_plain(target.start)}{sign}" if target.start is not None else ""
    return f"{number}{since.get(target.since or '', '')}{start}"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def main() -> None:
    """Write the page."""
    PAGE.write_text(targets_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
