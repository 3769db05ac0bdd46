"""The grammar of written targets: what each form becomes, and that nothing else becomes a number."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.intake.targets import PREFIXES, SUFFIXES, Target, read_target
from orchestration.intake.targets_page import NOT_UNDERSTOOD, PAGE, SECTIONS, targets_page

D = Decimal


def facts(target: Target) -> tuple[Any, ...]:
    return target.kind, target.comparison, target.low, target.high


@pytest.mark.parametrize(
    ("text", "kind", "comparison", "low", "high"),
    [
        ("At least 70%", "level", "at_least", 70, 70),
        ("≥ 70 %", "level", "at_least", 70, 70),
        ("70% or more", "level", "at_least", 70, 70),
        ("no more than 12", "level", "at_most", 12, 12),
        ("> 3.5", "level", "more_than", D("3.5"), D("3.5")),
        ("48", "level", "none", 48, 48),
        ("−45", "level", "none", -45, -45),
        ("1,200", "level", "none", 1200, 1200),
        ("70-75%", "range", "none", 70, 75),
        ("70 % – 75 %", "range", "none", 70, 75),
        ("increase by 3 points", "points", "none", 3, 3),
        ("increase by at least 3 percentage points", "points", "at_least", 3, 3),
        ("reduce by 3-5 points", "points", "none", 3, 5),
        ("10% relative increase", "relative", "none", 10, 10),
        ("maintain", "maintain", "none", None, None),
        ("N/A", "none", "none", None, None),
        ("to be determined", "none", "none", None, None),
        ("   ", "none", "none", None, None),
        ("most students", "not_understood", "none", None, None),
    ],
)
def test_a_written_form_becomes_what_it_says(
    text: str, kind: str, comparison: str, low: Any, high: Any
) -> None:
    target = read_target(text, "percent", "points")
    assert facts(target) == (kind, comparison, low, high)
    assert target.text == text and not target.is_ambiguous


def test_from_one_level_to_another_is_the_second_with_its_start() -> None:
    target = read_target("from 48% to 55%")
    assert (target.kind, target.start, target.low, target.is_percent) == ("level", 48, 55, True)


def test_several_parts_keep_their_labels() -> None:
    target = read_target("Gr 5: 68% Gr 8: at least 61%")
    assert target.kind == "parts" and target.low is None
    assert [(p.label, p.comparison, p.low) for p in target.parts] == [
        ("Gr 5", "none", 68),
        ("Gr 8", "at_least", 61),
    ]


@pytest.mark.parametrize("text", ["Gr 5: 68% Gr 8: most", "Gr 5: 68% Gr 5: 61%", "5: 68%", "Gr 5: N/A"])
def test_parts_of_which_one_is_in_doubt_are_not_understood(text: str) -> None:
    assert read_target(text, "percent", "points").kind == "not_understood"


@pytest.mark.parametrize("text", ["4% increase", "increase of 4%", "reduce by at least 4%", "4 percent more"])
def test_a_percent_change_of_a_percent_measure_follows_the_policy_and_is_marked(text: str) -> None:
    points, relative = (read_target(text, "percent", means) for means in ("points", "relative"))
    assert (points.kind, relative.kind) == ("points", "relative")
    assert points.is_ambiguous and relative.is_ambiguous and points.low == relative.low == 4


def test_without_a_policy_an_ambiguous_change_has_no_number() -> None:
    target = read_target("4% increase", "percent", None)
    assert facts(target) == ("not_understood", "none", None, None) and target.is_ambiguous


def test_a_percent_change_of_a_count_is_relative_and_not_in_doubt() -> None:
    target = read_target("4% increase", "count", "points")
    assert target.kind == "relative" and not target.is_ambiguous
    assert read_target("4% increase", None, "points").is_ambiguous  # nobody said what is measured


def test_a_fraction_of_a_percent_measure_is_multiplied_and_marked() -> None:
    target = read_target("0.45", "percent", "points")
    assert (target.low, target.is_fraction, target.is_percent) == (45, True, True)
    assert read_target("0.45%", "percent", "points").low == D("0.45")
    assert read_target("0.45", "score", "points").low == D("0.45")


@pytest.mark.parametrize("text", NOT_UNDERSTOOD)
def test_what_may_mean_several_things_has_no_number(text: str) -> None:
    assert facts(read_target(text, "percent", "points")) == ("not_understood", "none", None, None)


numbers = st.decimals(min_value=0, max_value=999_999, places=2).map(lambda d: f"{d.normalize():f}")
signs = st.sampled_from(["", "%", " %", " percent"])
spaced = st.sampled_from(["", " ", "  "])


@given(numbers, signs, st.sampled_from(sorted(PREFIXES)), spaced)
def test_every_level_comes_back_with_its_comparison(number: str, sign: str, prefix: str, space: str) -> None:
    target = read_target(f"{space}{prefix.title()} {number}{sign}{space}", "score")
    assert facts(target) == ("level", PREFIXES[prefix], D(number), D(number))


@given(numbers, signs, st.sampled_from(sorted(SUFFIXES)))
def test_every_level_comes_back_with_the_comparison_behind_it(number: str, sign: str, suffix: str) -> None:
    assert facts(read_target(f"{number}{sign} {suffix}", "score")) == (
        "level", SUFFIXES[suffix], D(number), D(number),
    )  # fmt: skip


@given(numbers, numbers, st.sampled_from(["-", " - ", "–"]))
def test_every_range_comes_back_and_none_is_upside_down(a: str, b: str, dash: str) -> None:
    target = read_target(f"{a}{dash}{b}", "score")
    low, high = D(a), D(b)
    if low > high:
        assert target.kind == "not_understood"
    else:
        assert (target.low, target.high) == (low, high)


@given(
    numbers, st.sampled_from(["increase", "reduce"]), st.sampled_from(["points", "percentage points", "pp"])
)
def test_every_change_comes_back(number: str, turn: str, unit: str) -> None:
    target = read_target(f"{turn} by {number} {unit}", "percent", "relative")
    assert facts(target) == ("points", "none", D(number), D(number))
    assert target.direction == ("up" if turn == "increase" else "down")


@given(st.lists(st.tuples(st.integers(1, 12), numbers), min_size=1, max_size=5, unique_by=lambda p: p[0]))
def test_every_list_of_parts_comes_back(parts: list[tuple[int, str]]) -> None:
    target = read_target(" ".join(f"Gr {grade}: {number}%" for grade, number in parts))
    assert [(p.label, p.low) for p in target.parts] == [(f"Gr {g}", D(n)) for g, n in parts]


pieces = st.sampled_from(
    ["70", "5", "0.4", ".5", "1,200", "-3", "%", "percent", "points", "pp", "at least", "or more", ">=", "+",
     "increase", "decrease", "by", "of", "to", "from", "between", "and", "-", "–", ":", "Gr 5:", "ELA =", ";",
     "baseline", "relative", "each year", "students", "2025", "N/A", "maintain", "$", "/", "(", ")", ".", "x"]
)  # fmt: skip
texts = st.one_of(
    st.text(max_size=60), st.lists(pieces, max_size=9).map(" ".join), st.lists(pieces).map("".join)
)


@given(texts, st.sampled_from([None, "percent", "count"]), st.sampled_from([None, "points", "relative"]))
def test_it_never_raises_and_never_yields_a_number_that_is_not_in_the_text(
    text: str, unit: str | None, means: Any
) -> None:
    target = read_target(text, unit, means)
    assert target.text == text
    plain = text.translate({ord(c): "-" for c in "–—−‑"}).replace(",", "")
    written = {D(n) for n in re.findall(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+", plain)}
    for part in target.parts or (target,):
        scale = 100 if part.is_fraction else 1
        found = {abs(n) / scale for n in (part.low, part.high, part.start) if n is not None}
        assert found <= written, (text, part)
        assert (part.low is None) == (part.kind in ("none", "maintain", "not_understood", "parts"))
        assert part.low is None or (part.high is not None and part.low <= part.high)
        assert part.kind not in ("points", "relative") or part.direction is not None


def test_a_long_text_is_answered_at_once() -> None:
    for text in (
        "1" * 100_000,
        "increase by " * 20_000,
        "Gr 5 " * 59,
        "a " * 149,
        "at least " * 33,
        "1," * 149,
    ):
        assert read_target(text, "percent", "points").kind == "not_understood"


def test_the_committed_page_is_the_generated_one() -> None:
    assert PAGE.read_text(encoding="utf-8") == targets_page(), (
        "docs/targets.md is stale; write it again with `python -m orchestration.intake.targets_page`"
    )


def test_the_page_shows_every_kind() -> None:
    kinds = {read_target(t, unit, "points").kind for _, forms, unit in SECTIONS for t in forms}
    assert kinds == {"level", "range", "parts", "points", "relative", "maintain", "none", "not_understood"}


@pytest.mark.parametrize("text", [".5", "At least .5", "by .5 points", "Gr 5: .5 Gr 8: .6"])
def test_a_number_that_begins_with_its_dot_keeps_it(text: str) -> None:
    target = read_target(text, None, None)
    lows = [part.low for part in target.parts or (target,)]
    assert lows[0] in (D("0.5"), None)
