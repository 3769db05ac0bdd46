"""Nothing that is hidden can be computed back, over totals in several directions and marts that share cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import FEWEST, Tables, make_tables

from orchestration.disclosure.attack import exposed
from orchestration.disclosure.protect import primary, protect
from tests.attacker import Equation, computed_back


@st.composite
def pairs(draw) -> tuple[int, int]:
    """How many students, often few; and how many of them, often all or none."""
    n = draw(st.one_of(st.integers(1, FEWEST + 3), st.integers(FEWEST, 60)))
    return n, draw(st.one_of(st.sampled_from([0, n]), st.integers(0, n)))


schools = st.tuples(st.lists(pairs(), min_size=2, max_size=2), st.sampled_from("AB"))
tables = st.lists(st.lists(schools, min_size=1, max_size=3), min_size=1, max_size=2).map(make_tables)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(tables)
def test_no_reader_computes_back_what_is_hidden(made: Tables) -> None:
    hidden = protect(made.cells(), [made.system()])

    assert np.all(hidden[made.cells().must_hide])
    assert computed_back(made.equations, made.known(hidden)) == []


@settings(max_examples=12, deadline=None, derandomize=True)
@given(tables)
def test_what_the_attack_calls_safe_or_exposed_is_so_for_the_reader_too(made: Tables) -> None:
    hidden = primary(made.cells())

    found = {made.names[c] for c in exposed(made.system(), hidden)}

    # the attack wants more (a span, not only two possibilities), so it may find more, never less
    assert set(computed_back(made.equations, made.known(hidden))) <= found


@pytest.fixture
def lea() -> Tables:
    """An LEA of four schools, one of them small."""
    return make_tables([[([(4, 1), (30, 12)], "A"), *(([(20, 9), (30, 11)], c) for c in "BAB")]])


def test_without_complementary_suppression_the_reader_has_the_small_figure(lea: Tables) -> None:
    only_small = primary(lea.cells())

    assert "school 00 f0" in computed_back(lea.equations, lea.known(only_small))
    assert exposed(lea.system(), only_small)


def test_totals_protected_one_by_one_give_the_figure_away_through_a_mart_that_shares_the_cells(
    lea: Tables,
) -> None:
    one_mart = Tables(lea.values, tuple(e for e in lea.equations if not e.total.startswith("category")))
    hidden = protect(one_mart.cells(), [one_mart.system()])

    assert computed_back(one_mart.equations, one_mart.known(hidden)) == []
    assert computed_back(lea.equations, lea.known(hidden)) != []


def test_a_remainder_that_is_the_same_of_everybody_is_covered_too() -> None:
    """Nobody graduated of the small school and of the smallest beside it: hiding that one would tell both rates."""
    equation = Equation("lea", ("small", "a", "b", "c"))
    made = Tables({"small": (4, 0), "a": (20, 0), "b": (30, 9), "c": (40, 11), "lea": (94, 20)}, (equation,))
    two = np.array([True, True, False, False, False])

    assert exposed(made.system(), two) == [0, 1]
    hidden = protect(made.cells(), [made.system()])
    assert computed_back(made.equations, made.known(hidden)) == []
    assert hidden.tolist() == [True, False, True, False, False]


def test_two_small_parts_whose_sum_tells_both_are_covered() -> None:
    """Nine and nine of a remainder of eighteen, where less than ten is hidden: nothing else is possible."""
    made = Tables(
        {"a": (9, 4), "b": (9, 3), "c": (25, 9), "lea": (43, 16)}, (Equation("lea", ("a", "b", "c")),)
    )

    assert computed_back(made.equations, made.known(primary(made.cells()))) == ["a", "b"]
    hidden = protect(made.cells(), [made.system()])
    assert hidden.tolist() == [True, True, True, False]


def test_of_two_covers_the_one_that_loses_fewer_students_is_taken() -> None:
    made = Tables(
        {"a": (5, 2), "b": (400, 90), "c": (25, 9), "lea": (430, 101)}, (Equation("lea", ("a", "b", "c")),)
    )

    assert protect(made.cells(), [made.system()]).tolist() == [True, False, True, False]


def test_where_nothing_is_small_nothing_is_hidden() -> None:
    made = make_tables([[([(20, 9), (30, 11)], c) for c in "ABB"]])

    assert not protect(made.cells(), [made.system()]).any()


def test_rounded_rates_that_do_not_add_up_protect_no_number_of_students() -> None:
    """By their rounded rates the told schools have one graduate more than the LEA; its students still tell the small one's."""
    made = Tables(
        {"a": (4, 0), "b": (40, 21), "c": (50, 30), "lea": (94, 50)}, (Equation("lea", ("a", "b", "c")),)
    )

    assert exposed(made.system(), primary(made.cells())) == [0]
    assert protect(made.cells(), [made.system()]).sum() > 1


def test_a_total_that_is_no_sum_of_its_parts_hides_nothing() -> None:
    """An LEA that counts fewer students than its schools: no reader can take the schools from it."""
    made = Tables({"a": (5, 2), "b": (400, 90), "lea": (60, 20)}, (Equation("lea", ("a", "b")),))

    assert protect(made.cells(), [made.system()]).tolist() == [True, False, False]
