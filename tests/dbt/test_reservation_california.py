"""The reservation on California's real Title I dollars, under prior years that the test states."""

from __future__ import annotations

import csv
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from test_reservation import Money, money

__all__ = ["money"]  # the fixture
pytestmark = pytest.mark.california
SEVEN_PER_CENT = 153_699_422_14  # cents


@pytest.fixture(scope="module")
def dollars(california: Path) -> dict[str, int]:
    """Cents by LEA, each LEA's amount rounded half up once."""
    with (california / "poverty_funding" / "ca_district_funding_full.csv").open(
        encoding="utf-8", newline=""
    ) as f:
        rows = [r for r in csv.DictReader(f) if r["title_i_amount"] not in ("", "NA")]
    cent = Decimal("0.01")
    return {
        r["state_leaid"]: int(Decimal(r["title_i_amount"]).quantize(cent, ROUND_HALF_UP) * 100) for r in rows
    }


def test_seven_per_cent_of_913_leas(money: Money, dollars: dict[str, int]) -> None:
    assert len(dollars) == 913
    # 90 per cent of it the year before: the room is ten per cent, so that the target stands
    target, reserved, given = money.reserve({lea: (cents, cents * 9 // 10) for lea, cents in dollars.items()})
    assert target == reserved == SEVEN_PER_CENT
    for way in (0, 1):
        assert sum(g[way] for g in given.values()) == reserved
        assert all(g[way] <= dollars[lea] - dollars[lea] * 9 // 10 for lea, g in given.items())


def test_a_year_in_which_half_of_the_leas_lost_money_is_short(money: Money, dollars: dict[str, int]) -> None:
    leas = {
        lea: (cents, cents * 95 // 100 if n % 2 else cents + 100)
        for n, (lea, cents) in enumerate(sorted(dollars.items()))
    }
    target, reserved, given = money.reserve(leas)
    room = sum(max(0, amount - prior) for amount, prior in leas.values())
    assert target == SEVEN_PER_CENT and reserved == room < target
    assert all(g == (max(0, leas[lea][0] - leas[lea][1]),) * 2 for lea, g in given.items())
