"""Texts, dollars and names of files are what a record can hold."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.extracts.public import as_csv
from orchestration.extracts.values import dollars, free_text, to_ascii


@pytest.mark.parametrize(
    ("text", "ascii_text"),
    [
        ("Peña Elementary", "Pena Elementary"),
        ("Łódź Street — “North”", "Lodz Street - 'North'"),
        ("Straße Æsir Øst", "Strasse AEsir Ost"),
        ("Kaʻahumanu", "Ka'ahumanu"),
        ("½ Day №1", "1/2 Day No.1"),
        ("学校", "??"),
    ],
)
def test_letters_become_the_nearest_of_ascii(text: str, ascii_text: str) -> None:
    assert to_ascii(text) == ascii_text


@given(st.text(max_size=80), st.integers(1, 60), st.sampled_from(["ascii", "utf-8"]))
def test_free_text_never_holds_what_breaks_a_record(text: str, length: int, encoding: str) -> None:
    found = free_text(text, length, encoding)
    assert len(found) <= length and found == found.strip()
    assert not set(found) & set(',\t\r\n";|')
    assert len(found.splitlines()) <= 1
    assert encoding == "utf-8" or found.isascii()


def test_a_name_with_a_comma_and_a_quote_keeps_its_words() -> None:
    assert free_text('Lincoln, "Abe"\r\nHigh', 60, "ascii") == "Lincoln Abe High"


@pytest.mark.parametrize(
    ("amount", "half_up", "half_even", "down", "cents"),
    [
        ("0.49", "0", "0", "0", "0.49"),
        ("0.50", "1", "0", "0", "0.50"),
        ("1.50", "2", "2", "1", "1.50"),
        ("2.50", "3", "2", "2", "2.50"),
        ("123456789012.99", "123456789013", "123456789013", "123456789012", "123456789012.99"),
    ],
)
def test_dollars_are_rounded_as_policy_says(
    amount: str, half_up: str, half_even: str, down: str, cents: str
) -> None:
    found = [str(dollars(Decimal(amount), r)) for r in ("half_up", "half_even", "down", "keep_cents")]
    assert found == [half_up, half_even, down, cents]


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=40))
def test_rounding_moves_a_sum_by_half_a_dollar_a_school_at_most(cents: list[int]) -> None:
    exact = [Decimal(c) / 100 for c in cents]
    rounded = [dollars(a, "half_up") for a in exact]
    assert abs(sum(rounded) - sum(exact)) <= Decimal(len(exact)) / 2
    assert all(x <= y for x, y in pairwise(sorted(rounded)))


def test_a_name_that_begins_like_a_formula_is_text_in_the_public_list() -> None:
    assert as_csv({"a": "A"}, [{"a": "=1+1"}, {"a": Decimal("-1")}]) == b"\xef\xbb\xbfA\r\n'=1+1\r\n-1\r\n"
