"""Two readings of a mart laid beside each other, row by row and column by column."""

from __future__ import annotations

import math
from datetime import datetime, time
from decimal import Decimal
from typing import Any

import pandas as pd
from recompute_agenda import AGENDA_KEYS
from recompute_directory import DIRECTORY_KEYS
from recompute_directory import NOT_RECOMPUTED as DIRECTORY_NOT_RECOMPUTED
from recompute_duties import KEYS as DUTY_KEYS
from recompute_help import KEYS as HELP_KEYS
from recompute_help import NOT_RECOMPUTED as HELP_NOT_RECOMPUTED
from recompute_outcomes import KEYS as OUTCOME_KEYS
from recompute_outcomes import NOT_RECOMPUTED as OUTCOMES_NOT_RECOMPUTED
from recompute_principles import PRINCIPLES_KEYS
from recompute_rejects import REJECT_KEYS
from recompute_story import STORY_KEYS
from recompute_supports import KEYS as SUPPORT_KEYS

TOLERANCE = 1e-12  # of rates, and of percents relative to their size
SHOWN = 5  # differing rows of a column that a failure shows

KEYS = {
    "dim_designation": ["org_id", "category", "reason", "valid_from_year"],
    "dim_strategy": ["org_id", "school_year", "strategy_code"],
    "fct_submission": ["submission_id"],
    "fct_action_status": ["org_id", "period", "action_code"],
    "fct_milestone_quarter": ["org_id", "quarter_id", "milestone_code"],
    "fct_strategy_semester": ["org_id", "semester_id", "strategy_code"],
    "rpt_implementation_by_practice": ["scope_level", "scope_id", "code_level", "code", "period"],
    "rpt_submission_completeness": ["lea_id", "period"],
    "rpt_plan_quality": ["org_id", "school_year", "criterion_id"],
    "rpt_plan_quality_by_level": [
        "scope_level",
        "scope_id",
        "plan_level",
        "designation",
        "school_year",
        "criterion_id",
    ],
    "rpt_self_reflection": ["scope_level", "scope_id", "code_level", "code", "school_year"],
    "rpt_implementation_by_span": ["scope_level", "scope_id", "code_level", "code", "span_kind", "span_id"],
    "rpt_implementation_by_group": [
        "scope_level",
        "scope_id",
        "group_kind",
        "group_value",
        "code_level",
        "code",
        "span_kind",
        "span_id",
    ],
    "fct_action_history": ["org_id", "action_code", "valid_from_period"],
    "rpt_action_course": ["org_id", "school_year", "action_code"],
    "rpt_reporting_differences": ["org_id", "span_kind", "span_id", "item_code", "figure"],
    "rpt_reporting_agreement": ["scope_level", "scope_id", "span_kind", "span_id", "figure"],
    "rpt_adjustments": ["org_id", "item_level", "item_code", "period"],
    "rpt_adjustment_recovery": ["scope_level", "scope_id", "school_year", "item_level", "code_level", "code"],
    "rpt_waning": ["org_id", "period", "code_level", "code", "waning_rule"],
    **OUTCOME_KEYS,
    **PRINCIPLES_KEYS,
    **SUPPORT_KEYS,
    **HELP_KEYS,
    **DUTY_KEYS,
    **AGENDA_KEYS,
    **STORY_KEYS,
    **DIRECTORY_KEYS,
    **REJECT_KEYS,
}
# facts of a file that the recomputation does not read
NOT_RECOMPUTED = {
    "fct_submission": {
        "rows_rejected",  # of the files that stand it is compared in rpt_submission_completeness
        "refused_by",
        "refused_because",
        "rows_read",
        "rows_accepted",
        "file_sha256",
        "file_bytes",
        "template_version",
    },
    **OUTCOMES_NOT_RECOMPUTED,
    **HELP_NOT_RECOMPUTED,
    **DIRECTORY_NOT_RECOMPUTED,
}


def plain(value: Any) -> Any:
    """A value that compares across pandas, DuckDB and Python."""
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)) or value is pd.NA:
        return None
    if isinstance(value, datetime):  # pandas' own time is one too
        moment = datetime(*value.timetuple()[:6])
        return moment if moment.time() != time() else moment.date()
    if isinstance(value, Decimal):
        return float(value)
    return value.item() if hasattr(value, "item") else value


def equal(ours: Any, mart: Any) -> bool:
    if isinstance(ours, float) and isinstance(mart, int | float):
        return math.isclose(ours, mart, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(ours == mart)


def differences(name: str, ours: pd.DataFrame, mart: pd.DataFrame) -> list[str]:
    """What differs, in lines for a person: columns, rows that only one side has, values with their keys."""
    key = KEYS[name]
    wanted = set(mart.columns) - NOT_RECOMPUTED.get(name, set())
    lines = [f"{name}: column {c} is not recomputed" for c in sorted(wanted - set(ours.columns))]
    sides = []
    for frame in (ours, mart):
        columns = [[plain(v) for v in frame[c]] for c in [*key, *(c for c in mart.columns if c in ours)]]
        names = [*key, *(c for c in mart.columns if c in ours)]
        rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
        by_key = {tuple(row[k] for k in key): row for row in rows}
        assert len(by_key) == len(rows), f"{name} holds a key twice"
        sides.append(by_key)
    mine, theirs = sides
    for side, extra in (("recomputed", mine.keys() - theirs.keys()), ("mart", theirs.keys() - mine.keys())):
        lines += [
            f"{name}: {len(extra)} rows only in the {side}: {k}" for k in sorted(extra, key=str)[:SHOWN]
        ]
    for column in [c for c in mart.columns if c in ours and c not in key]:
        wrong = [k for k in mine.keys() & theirs.keys() if not equal(mine[k][column], theirs[k][column])]
        lines += [
            f"{name}.{column}: {len(wrong)} rows differ; {dict(zip(key, k, strict=True))}: "
            f"recomputed {mine[k][column]!r}, mart {theirs[k][column]!r}"
            for k in sorted(wrong, key=str)[:SHOWN]
        ]
    return lines
