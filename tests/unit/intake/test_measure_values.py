"""Figures of measures: each written form becomes the number it means, and a withheld one none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_home import SCHOOL, Home, cover

from orchestration.intake.measure_values import Figure, read_level, read_measure, withholds

UNITS = st.sampled_from(["percent", "count", None])


def targets(
    baseline: str | None,
    *texts: str | None,
    unit: str = "percent",
    direction: str | None = "higher",
    means: Any = "points",
) -> dict[str, list[tuple[str, Any, Any, str, str | None]]]:
    """Figures by column, as (part, low, high, comparator, starts from)."""
    padded = (*texts, None, None, None)[:3]
    found: dict[str, list[Any]] = {}
    for column, f in read_measure(baseline, padded, unit, direction, means):
        low, high = (None if n is None else float(n) for n in (f.low, f.high))
        found.setdefault(column, []).append((f.part, low, high, f.comparator, f.starts_from))
    return found


@pytest.mark.parametrize("text", ["*", "**", "<10", "< 10", "n<10", "n/a", "N/A", "--", "Suppressed", "≤5",
                                  "less than 10", ">95%", "45-50%", "at least 90%"])  # fmt: skip
def test_a_withheld_figure_has_a_marker_and_no_value(text: str) -> None:
    (figure,) = read_level(text, "percent", "points")
    assert (figure.kind, figure.low, figure.high, figure.marker) == ("suppressed", None, None, text)


@pytest.mark.parametrize("text", ["48%", "48", "0.48", "-45", "exactly 40", "TBD", "12 students"])
def test_a_plain_figure_withholds_nothing(text: str) -> None:
    assert not withholds(text)


def test_a_withheld_part_takes_nothing_from_the_others() -> None:
    figures = read_level("Gr. 5: *, Grade 8: 61%", "percent", None)
    assert [(f.part, f.kind, f.low) for f in figures] == [
        ("gr 5", "suppressed", None), ("gr 8", "level", Decimal(61)),
    ]  # fmt: skip


def test_a_result_that_is_a_change_is_no_figure() -> None:
    (figure,) = read_level("increased by 3 points", "percent", "points")
    assert (figure.kind, figure.low) == ("not_understood", None)


def test_a_change_leads_to_a_level_from_the_baseline() -> None:
    found = targets("48%", "5% increase", "10% relative increase", "increase by 3-5 points over baseline")
    assert found["target_y1"] == [("all", 53, 53, "none", "baseline")]
    assert found["target_y2"] == [("all", 52.8, 52.8, "none", "baseline_assumed")]
    assert found["target_y3"] == [("all", 51, 53, "none", "baseline")]


def test_the_policy_says_what_a_percent_of_a_percent_is_and_without_it_there_is_no_target() -> None:
    assert targets("40%", "5% increase", means="relative")["target_y1"][0][1] == 42
    assert targets("40%", "5% increase", means=None)["target_y1"] == [("all", None, None, "none", None)]


def test_each_year_starts_from_the_year_before() -> None:
    found = targets("20", "reduce by 2 each year", "reduce by 2 each year", unit="count", direction="lower")
    assert [found[c][0][1] for c in ("target_y1", "target_y2")] == [18, 16]
    assert [found[c][0][4] for c in ("target_y1", "target_y2")] == ["baseline", "previous_target"]


def test_at_least_a_reduction_is_at_most_a_level() -> None:
    found = targets("20", "reduce by at least 5", unit="count", direction="lower")
    assert found["target_y1"] == [("all", 15, 15, "at_most", "baseline")]


def test_improvement_needs_to_know_what_is_better() -> None:
    assert targets("20", "improve by 3", unit="count", direction="lower")["target_y1"][0][1] == 17
    assert targets("20", "improve by 3", unit="count", direction=None)["target_y1"][0][1] is None


def test_a_relative_change_of_a_figure_below_zero_goes_the_way_it_says() -> None:
    assert targets("-50", "10% increase", unit="score")["target_y1"][0][1] == -45


def test_maintain_is_the_baseline_and_a_change_without_a_baseline_is_nothing() -> None:
    assert targets("48%", "maintain")["target_y1"] == [("all", 48, 48, "none", "baseline")]
    assert targets(None, "maintain")["target_y1"] == [("all", None, None, "none", None)]
    assert targets("*", "increase by 3 points")["target_y1"][0][1] is None


def test_a_target_without_parts_holds_for_each_part_of_the_baseline() -> None:
    found = targets("Gr 5: 60% Gr 8: 50%", "increase by 5 points", "Grade 5: 70% Grade 8: 65%")
    assert [(p, low) for p, low, *_ in found["target_y1"]] == [("gr 5", 65), ("gr 8", 55)]
    assert [(p, low) for p, low, *_ in found["target_y2"]] == [("gr 5", 70), ("gr 8", 65)]


@given(st.text(max_size=40), UNITS)
def test_no_text_breaks_the_reading_and_a_withheld_figure_never_has_a_number(
    text: str, unit: str | None
) -> None:
    for figure in read_level(text, unit, "points"):
        assert (figure.low is None) == (figure.high is None)
        assert figure.kind != "suppressed" or figure.low is None
    read_measure(text, (text, text, text), unit, "higher", "points")


@given(st.integers(0, 10**12 - 1), st.integers(0, 10**12 - 1), st.sampled_from(["relative", "points"]))
def test_the_largest_numbers_that_can_be_written_still_fit_the_lake(base: int, step: int, means: Any) -> None:
    for _, figure in read_measure(f"{base}", (f"{step}% increase",) * 3, None, "higher", means):
        assert figure.low is None or abs(figure.low) < 10**15


def test_figures_stand_in_the_lake_with_their_row_and_a_withheld_one_is_not_asked_for(home: Home) -> None:
    key = {"org_id": SCHOOL, "parent_code": "G1", "measure_no": 1}
    tables = {
        "cover": cover(),
        "goals": [{"org_id": SCHOOL, "goal_code": "G1", "statement": "s"}],
        "measures": [{**key, "indicator": "i", "unit": "percent", "direction": "higher",
                      "baseline": "0.48", "target_y1": "at least 55%"}],
        "measure_results": [{**key, "school_year": "2023-24", "actual": "<10", "n_students": 4}],
    }  # fmt: skip
    home.drop(tables)
    home.night()
    rows = {r["figure"]: r for r in home.rows("intake__measure_values")}
    assert {f: (r["value_low"], r["comparator"], r["marker"]) for f, r in rows.items()} == {
        "baseline": (48, "none", None), "target_y1": (55, "at_least", None), "actual": (None, "none", "<10"),
    }  # fmt: skip
    assert rows["baseline"]["is_fraction"] and rows["baseline"]["school_year"] is None
    (result,) = home.rows("submission__measure_results")
    assert rows["actual"]["source_row"] == result["source_row"]
    assert (rows["actual"]["submission_id"], rows["actual"]["school_year"]) == (
        result["submission_id"], "2023-24",
    )  # fmt: skip
    found = {f["rule_id"] for f in home.rows("intake__findings")}
    assert found == {"target.fraction"}


def test_a_figure_is_what_it_says() -> None:
    assert read_level("52.5%", "percent", None) == (
        Figure("all", "level", Decimal("52.5"), Decimal("52.5"), is_percent=True),
    )
