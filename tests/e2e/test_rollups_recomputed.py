"""The marts equal an independent recomputation from the landing files, row by row and column by column."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import pytest
from built import Built, build_marts
from compared import KEYS, differences, plain
from landing_files import TABLES
from planted import FULL_LEA, OTHER_LEA
from recompute_rejects import Everything

from orchestration import lake
from orchestration.feeds.load import load_feeds
from orchestration.intake.batch import take_in_submissions
from orchestration.intake.withdrawals import decide
from orchestration.policy import load_policy
from orchestration.settings import Settings

pytestmark = pytest.mark.e2e

PAST = datetime(2024, 1, 20)
NOW = datetime(2024, 10, 16, 5)  # the first instant after September's due day, in the state's time


@dataclass(frozen=True)
class Sides:
    """The marts as they were built, and as they were recomputed, by as-of time."""

    built: dict[datetime, Built]
    recomputed: dict[datetime, Everything]


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
        as_of: Everything(
            planted_home.home,
            planted_home.state,
            as_of,
            elsewhere=Counter(others["submission_id"]),
            findings=findings,
            tables_read=built[NOW].lake("intake__tables"),
        )
        for as_of in built
    }
    return Sides(built, recomputed)


@pytest.mark.parametrize("as_of", [PAST, NOW], ids=["past", "now"])
@pytest.mark.parametrize("name", KEYS)
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
    reasons = {r for told in figures["reasons"].dropna() for r in told.split(",")}
    assert {"suppressed", "no_result", "no_baseline_year", "no_baseline", "no_target"} <= reasons
    withheld = figures["is_suppressed"] & figures["result_submission_id"].notna()
    assert withheld.any() and (figures["measure_kind"] == "strategy")[withheld].any()
    assert {"baseline"} <= set(figures["target_starts_from"].dropna())
    assert (figures["plan_year"] > figures["school_year"]).any()  # of a year of which no plan is known
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


def test_the_comparison_meets_every_case_of_agenda_and_story(sides: Sides) -> None:
    now = sides.built[NOW]
    agenda, story = now.mart("rpt_coaching_agenda"), now.mart("rpt_story_year")
    assert agenda["trigger_id"].nunique() == 14 and (agenda["n_raised"] > agenda["item_rank"]).any()
    assert set(story["section"]) == {"done", "changed", "next", "not_known"}
    assert set(story["scope"]) == {"own", "schools"}
    assert {"goal_measure", "question", "on_time_beside_year_before"} <= set(story["sentence_id"])
    findings = now.mart("fct_reject")
    assert {"standing", "superseded", "refused"} <= set(findings["submission_state"])
    assert {True, False, None} == {plain(v) for v in findings["is_open"]}


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
