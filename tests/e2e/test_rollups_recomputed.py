"""The marts equal an independent recomputation from the landing files, row by row and column by column."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from built import Built, build_marts
from landing_files import TABLES
from planted import FULL_LEA, OTHER_LEA
from recompute_duties import KEYS as DUTY_KEYS
from recompute_help import KEYS as HELP_KEYS
from recompute_help import NOT_RECOMPUTED as HELP_NOT_RECOMPUTED
from recompute_outcomes import KEYS as OUTCOME_KEYS
from recompute_outcomes import NOT_RECOMPUTED as OUTCOMES_NOT_RECOMPUTED
from recompute_principles import PRINCIPLES_KEYS, Principles
from recompute_supports import KEYS as SUPPORT_KEYS

from orchestration import lake
from orchestration.feeds.load import load_feeds
from orchestration.intake.batch import take_in_submissions
from orchestration.intake.withdrawals import decide
from orchestration.policy import load_policy
from orchestration.settings import Settings

pytestmark = pytest.mark.e2e

PAST = datetime(2024, 1, 20)
NOW = datetime(2024, 10, 16, 5)  # the first instant after September's due day, in the state's time
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
}
# Equal on plans that state each figure plainly; the simulation has since learned to leave out baseline years,
# to withhold results and to report earlier years, which `recompute_outcomes` does not read yet.
BEHIND = pytest.mark.xfail(
    reason="the recomputation of outcomes does not read every written form yet", strict=False
)
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


@dataclass(frozen=True)
class Sides:
    """The marts as they were built, and as they were recomputed, by as-of time."""

    built: dict[datetime, Built]
    recomputed: dict[datetime, Principles]


def withdraw_some(settings: Settings) -> None:
    """The state withdraws, of what was sent for its first months, a correction and a month's only report; and
    another report, which it brings back.
    """
    sent = read_submissions(settings)
    of_month = {
        key: list(files["submission_id"])
        for key, files in sent[sent["outcome"] != "refused"].groupby(["lea_id", "period"])
    }
    corrected = next(files for files in of_month.values() if len(files) > 1)
    lone = [files[0] for (_, period), files in of_month.items() if len(files) == 1 and period == "2023-11"]
    for submission_id, what, at in (
        (corrected[-1], "withdraw", datetime(2024, 1, 19)),
        (lone[0], "withdraw", datetime(2024, 2, 10)),
        (lone[1], "withdraw", datetime(2024, 1, 19)),
        (lone[1], "restore", datetime(2024, 2, 10)),
    ):
        decide(settings, what, submission_id, "For the test", "The state", at)


def read_submissions(settings: Settings) -> pd.DataFrame:
    """What the lake says of every file, in order of receipt."""
    parts = lake.parts(settings.lake)["intake__submissions"]
    frames = [pd.read_parquet(str(p)) for p in parts]
    return pd.concat(frames).sort_values(["received_at", "submission_id"])


@pytest.fixture(scope="module")
def sides(planted_home: Settings) -> Sides:
    """Taken in by two nights; the past is built last, from a lake that holds what came later."""
    policy = load_policy(planted_home.state)
    load_feeds(planted_home, policy, PAST)
    take_in_submissions(planted_home, policy, PAST)
    withdraw_some(planted_home)
    built = {as_of: build_marts(planted_home, as_of, tuple(KEYS)) for as_of in (NOW, PAST)}
    findings = built[NOW].lake("intake__findings")
    others = findings[(findings["severity"] == "reject") & ~findings["table_name"].isin(TABLES)]
    recomputed = {
        as_of: Principles(
            planted_home.home,
            planted_home.state,
            as_of,
            elsewhere=Counter(others["submission_id"]),
            built=marts,
        )
        for as_of, marts in built.items()
    }
    return Sides(built, recomputed)


@pytest.mark.parametrize("as_of", [PAST, NOW], ids=["past", "now"])
@pytest.mark.parametrize("name", [pytest.param(k, marks=BEHIND) if k in OUTCOME_KEYS else k for k in KEYS])
def test_every_row_of_the_mart_is_the_recomputed_one(name: str, as_of: datetime, sides: Sides) -> None:
    mart = sides.built[as_of].mart(name)
    assert len(mart) > 0
    found = differences(name, sides.recomputed[as_of].mart(name), mart)
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("as_of", [PAST, NOW], ids=["past", "now"])
def test_the_rows_put_aside_are_those_that_the_rules_name(as_of: datetime, sides: Sides) -> None:
    findings = sides.built[as_of].lake("intake__findings")
    # the lake holds what was received later, too
    findings = findings[(findings["severity"] == "reject") & (findings["received_at"] <= as_of)]
    findings = findings[findings["table_name"].isin(TABLES)]  # of the others no row is recomputed
    put_aside = set(
        zip(findings["submission_id"], findings["table_name"], findings["source_row"], strict=True)
    )
    ours = {(s.submission_id, *r) for s in sides.recomputed[as_of].files for r in s.rejected}
    assert ours == put_aside
    assert len({table for _, table, _ in ours}) > 2


def test_the_comparison_meets_every_case(sides: Sides) -> None:
    """Else it would agree on nothing: each word of the definitions occurs."""
    now = sides.built[NOW]
    actions, files = now.mart("fct_action_status"), now.mart("fct_submission")
    assert set(actions["status"]) == {
        "not_started", "in_progress", "completed", "delayed", "discontinued", "not_reported",
    }  # fmt: skip
    assert set(actions["school_year"]) == {"2022-23", "2023-24", "2024-25"}
    assert not actions[(actions["status"] == "not_reported") & ~actions["is_planned"]].empty
    assert not actions[actions["is_reported"] & (actions["status_period"] < actions["period"])].empty
    assert not actions[actions["is_completed"] & actions["completed_on"].isna()].empty
    assert files["is_superseded"].any()
    assert set(files["outcome"]) == {"accepted", "accepted_with_rejects", "refused"}
    assert files["is_withdrawn"].sum() == 2
    assert sides.built[PAST].mart("fct_submission")["is_withdrawn"].sum() == 2
    months = now.mart("rpt_submission_completeness")
    assert set(months["status"]) == {"on_time", "late", "missing", "refused_only", "not_yet_due"}
    duties = now.mart("fct_duty")
    assert set(duties["state"]) >= {"done", "done_late", "overdue", "open"}
    assert set(duties["recurs"]) == {"once", "month", "quarter", "school_year", "review_cycle"}
    assert set(duties["owed_by"]) == {"school", "lea", "sea"} and set(duties["is_states_own"]) == {
        True,
        False,
    }
    assert {"additional_action", "becomes_csi"} <= set(duties["duty_code"])
    rollup = now.mart("rpt_implementation_by_practice")
    assert set(rollup["code_level"]) == {"practice", "domain", "all", "uncoded"}
    assert rollup.loc[rollup["scope_level"] == "region", "scope_id"].nunique() == 3
    assert rollup["completed_rate"].isna().any()
    strategies = now.mart("dim_strategy")
    assert not strategies["is_in_latest_plan"].all()
    quality = now.mart("rpt_plan_quality")
    judged = quality.groupby("criterion_id")["outcome"].agg(set)
    assert [c for c, found in judged.items() if not {"met", "not_met"} <= found] == []
    assert quality["failing_items"].str.endswith("more", na=False).any()
    reflection = (
        now.mart("rpt_self_reflection").groupby(["scope_level", "code_level"])["is_suppressed"].agg(set)
    )
    assert all(reflection["lea", level] == {True, False} for level in ("element", "practice", "all"))
    assert now.mart("rpt_self_reflection")["change_from_previous"].notna().any()
    spans = now.mart("dim_designation")
    assert {None, "2023-24"} <= {plain(y) for y in spans["valid_to_year"]}
    assert not spans["is_in_directory"].all()


def test_the_comparison_meets_every_case_of_progress(sides: Sides) -> None:
    now = sides.built[NOW]
    groups = now.mart("rpt_implementation_by_group")
    assert {"CSI", "TSI", "none", "lea", "school", "not_stated"} <= set(groups["group_value"])
    yearly = now.mart("rpt_implementation_by_span")
    assert (yearly["first_as_of_period"] < yearly["last_as_of_period"]).any()
    runs = now.mart("fct_action_history")
    assert set(runs["state"]) == {
        "not_started", "in_progress", "behind", "completed", "discontinued", "not_reported",
    }  # fmt: skip
    assert runs["is_slip"].any() and (runs["n_due_moves"] > 0).any() and runs["valid_to_period"].isna().any()
    assert ((runs["state"] == "behind") & ~runs["is_slip"]).any()  # silence between two months behind
    followed = now.mart("rpt_adjustments")
    assert {"recovered", "not_recovered", "too_early", "unknown"} <= set(followed["outcome"])
    assert set(followed["item_level"]) == {"action", "milestone", "strategy"}
    assert not followed["has_adjustment"].all()
    assert set(now.mart("rpt_waning")["waning_rule"]) == {"peers", "falling"}
    assert set(now.mart("rpt_reporting_differences")["direction"]) == {"own_higher", "own_lower"}


def test_the_comparison_meets_every_case_of_outcomes(sides: Sides) -> None:
    now = sides.built[NOW]
    figures, both = now.mart("fct_measure_year"), now.mart("rpt_interlaced")
    assert set(figures["school_year"]) >= {"2022-23", "2023-24", "2024-25"}
    assert {"suppressed", "no_result"} <= set(figures["reasons"].dropna())
    assert set(figures["direction"].dropna()) == {"higher", "lower"}
    assert set(both["quadrant"].dropna()) == {
        "working", "done_not_working", "moving_without_being_done", "neither",
    }  # fmt: skip
    assert both["prior_quadrant"].notna().any() and both["quadrant"].isna().any()
    bands = now.mart("rpt_outcome_by_implementation")
    assert bands["is_suppressed"].any() and bands["median_low"].notna().any()


def test_the_comparison_meets_every_case_of_supports(sides: Sides) -> None:
    now = sides.built[NOW]
    supports, effects = now.mart("fct_support"), now.mart("rpt_support_effect")
    assert supports["support_state"].nunique() == 6
    assert {"support", "strategy"} <= set(supports["practice_from"])
    assert effects["difference"].notna().any()
    assert {"outside_school_year", "too_few_due_before", "too_few_matched"} <= set(
        effects["not_compared_because"]
    )
    helped = now.mart("rpt_support_candidates")
    assert set(helped["helper_kind"]) == {"peer", "lea", "state", "none_found"}
    assert (helped["n_waning"] > 0).any()


def test_a_file_of_the_last_second_of_the_due_day_is_on_time_and_a_second_later_is_late(
    sides: Sides,
) -> None:
    files = sides.built[NOW].mart("fct_submission")
    october = files[files["file_name"].str.startswith("2023-10-improvement-report.")]
    late = october.set_index("lea_id")["is_late"]
    assert not late[FULL_LEA]
    assert late[OTHER_LEA]


def test_one_changed_value_and_one_lost_row_are_found(sides: Sides) -> None:
    name = "rpt_implementation_by_practice"
    ours = sides.recomputed[PAST].mart(name)
    assert differences(name, ours, ours) == []
    changed = ours.copy()
    changed.loc[3, "completed_rate"] = 0.123
    changed.loc[5, "n_due"] += 1
    found = differences(name, ours, changed.drop(index=8))
    assert [line.split(":")[0] for line in found] == [name, f"{name}.n_due", f"{name}.completed_rate"]
