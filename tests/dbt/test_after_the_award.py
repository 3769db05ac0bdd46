"""§1003 payments: California's published sums, and what must hold of any LEA's awards and reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from after_states import After, Lea, month_of
from hypothesis import given, settings
from hypothesis import strategies as st

FIRST, N_MONTHS = 2020, 72  # July 2020 to June 2026


@pytest.fixture(scope="module")
def after(empty_build) -> Iterator[After]:
    home, _ = empty_build
    made = After(home)
    yield made
    made.db.close()


@pytest.mark.parametrize(
    ("allocated", "first"),
    [(128_814_636, 32_203_659), (127_082_000, 31_770_500), (130_714_172, 32_678_543)],
)
def test_californias_first_apportionments_are_a_quarter_of_the_appropriation(
    after: After, allocated: int, first: int
) -> None:
    """2018-19, 2019-20 and 2021-22; 2019-20's appropriation is four times the sum exactly, however it is shared."""
    n, leas = 381, {}
    for k in range(
        n
    ):  # equal shares of a school each, of LEAs with one to five schools, cents left over included
        cents = allocated * 100
        leas[f"L{k:03d}"] = Lea({2020: cents * (k + 1) // n - cents * k // n})
    after.run(leas, 25, "12,3,6,9", FIRST, 1)
    paid = [cents for rows in after.payments().values() for _, cents in rows]
    assert sum(paid) == first * 100 and 4 * sum(paid) == allocated * 100
    assert max(paid) - min(paid) <= 1


def test_only_leas_that_applied_get_a_first_apportionment(after: After) -> None:
    after.run({"A": Lea({2020: 1_000}), "B": Lea({2020: 9_999}, applied=False)}, 25, "12", FIRST, 1)
    assert after.payments() == {("A", 2020): [(None, 250)], ("B", 2020): [(None, 0)]}


stories = st.builds(
    Lea,
    grants=st.dictionaries(st.integers(2020, 2024), st.integers(0, 100_000), min_size=1),
    reports=st.dictionaries(
        st.integers(0, N_MONTHS - 1), st.one_of(st.integers(0, 60_000), st.integers(-9_000, 0)), max_size=14
    ),
    applied=st.booleans(),
)


def charged_by_hand(lea: Lea) -> dict[tuple[int, str], int]:
    """Cents laid to each award by each reported month: a ledger, entry by entry."""
    used = dict.fromkeys(lea.grants, 0)
    spent, found = 0, {}
    by_year: dict[int, int] = {}  # the most spent by the time that an award's money can be laid to
    first = date(min(lea.grants), 7, 1)
    for n, cents in sorted(lea.reports.items()):
        name, _, end = month_of(FIRST, n)
        if end < first:
            continue
        spent += cents
        left_of, carried = {}, 0
        for year in sorted(lea.grants):
            if end <= date(year + 2, 9, 30):
                by_year[year] = spent
            carried = max(carried, by_year.get(year, 0))
            left_of[year] = carried
        laid = 0
        for year in sorted(lea.grants):
            used[year] = min(lea.grants[year], max(0, left_of[year] - laid))
            laid += used[year]
            if end >= date(year, 7, 1):
                found[year, name] = used[year]
    return found


def paid_by_hand(
    lea: Lea, year: int, first: int, charged: dict[tuple[int, str], int], months: set[int]
) -> list[int]:
    """California's rule, payment by payment."""
    payments, paid = [first], first
    for n in range(N_MONTHS):
        name, start, end = month_of(FIRST, n)
        if start.month in months and start >= date(year, 7, 1) and end <= date(year + 2, 9, 30):
            owed = charged.get((year, name), 0) if lea.applied else 0
            payments.append(max(0, min(owed, lea.grants[year]) - paid))
            paid += payments[-1]
    return payments


@settings(max_examples=12, deadline=None)
@given(
    st.lists(stories, min_size=1, max_size=12), st.sampled_from([0, 12.5, 25, 33.3333, 100]),
    st.sets(st.integers(1, 12), min_size=1, max_size=4),
)  # fmt: skip
def test_payments_are_those_of_a_ledger_kept_by_hand(
    after: After, many: list[Lea], percent: float, months: set[int]
) -> None:
    leas = {f"L{n:02d}": lea for n, lea in enumerate(many)}
    after.run(leas, percent, ",".join(map(str, sorted(months))), FIRST, N_MONTHS)
    charged, payments = after.charged(), after.payments()
    by_hand = {
        (lea_id, *key): cents for lea_id, lea in leas.items() for key, cents in charged_by_hand(lea).items()
    }
    assert charged == by_hand
    awarded: dict[int, int] = {}
    for (lea_id, year), rows in payments.items():
        lea, amounts = leas[lea_id], [cents for _, cents in rows]
        own = {(y, p): c for (who, y, p), c in charged.items() if who == lea_id}
        assert amounts == paid_by_hand(lea, year, amounts[0], own, months)
        assert all(a >= 0 for a in amounts) and sum(amounts) <= lea.grants[year]
        assert abs(amounts[0] - lea.grants[year] * percent / 100) < 1 if lea.applied else amounts[0] == 0
        if lea.applied:
            awarded[year] = awarded.get(year, 0) + lea.grants[year]
    for year, cents in awarded.items():
        firsts = sum(rows[0][1] for (_, y), rows in payments.items() if y == year)
        assert firsts == cents * round(percent * 10_000) // 1_000_000
