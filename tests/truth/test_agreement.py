"""The measures of agreement themselves: on findings made up to agree, or not."""

from __future__ import annotations

import pandas as pd
import pytest
from truth_file import Truth, practice_order, support_signs, waning

pytestmark = pytest.mark.slow

YEAR = "2023-24"


def truth_of(spells: list[tuple[str, str, str, str]]) -> Truth:
    practices = pd.DataFrame(
        {"effect": [1.0, 0.6, 0.0], "helps": [True, True, False], "ease": 0.0}, index=["1A", "2B", "3C"]
    )
    codes = pd.DataFrame([{"org_id": "a", "school_year": YEAR, "practice": "2B", "is_weak": True}])
    rows = [
        {"org_id": o, "school_year": YEAR, "code": c, "first_period": first, "last_period": last}
        for o, c, first, last in spells
    ]
    supports = pd.DataFrame(
        [{"org_id": "a", "school_year": YEAR, "support_no": n, "effect": e} for n, e in ((1, 0.35), (2, 0.0))]
    )
    return Truth(practices, pd.DataFrame(), codes, pd.DataFrame(rows), supports)


def findings(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["org_id", "code", "period"]).assign(school_year=YEAR)


TRUTH = truth_of([("a", "1A", "2023-11", "2024-01"), ("b", "all", "2023-12", "2024-02")])


def test_every_spell_found_and_nothing_else_is_full_recall_and_precision():
    found = waning(findings(("a", "1A", "2023-12"), ("b", "2B", "2024-01"), ("b", "all", "2024-01")), TRUTH)
    assert (found.recall, found.precision) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("row", "recall", "precision"),
    [
        (("a", "3C", "2023-12"), 0.0, 0.0),  # another practice
        (("c", "1A", "2023-12"), 0.0, 0.0),  # another organization
        (("a", "1A", "2023-10"), 0.0, 0.0),  # before it began
        (("a", "1A", "2024-03"), 0.5, 1.0),  # two months after it ended
        (("a", "1A", "2024-04"), 0.0, 0.0),  # three months after
        (("a", "all", "2023-12"), 0.0, 1.0),  # true of the whole, though it names no practice
    ],
)
def test_a_finding_counts_where_its_organization_practice_and_months_are_those_of_a_spell(
    row: tuple[str, str, str], recall: float, precision: float
):
    found = waning(findings(row), TRUTH)
    assert (found.recall, found.precision) == (recall, precision)


def test_a_weak_practice_is_right_only_where_that_is_asked():
    rows = findings(("a", "2B", "2023-09"))
    assert waning(rows, TRUTH).right == 0
    assert waning(rows, TRUTH, count_weak=True).right == 1


def test_practices_are_ordered_by_the_outcomes_of_those_who_carry_them_out():
    rows = pd.DataFrame(
        [("1A", 0.9, 0.8), ("2B", 0.8, 0.6), ("3C", 0.7, 0.1), ("3C", 0.2, 5.0), ("3C", 0.9, None)],
        columns=["practice", "implementation", "outcome"],
    )
    order = practice_order(rows, TRUTH)
    assert (order.rank_correlation, order.pairs_right) == (1.0, 1.0)
    assert order.table.loc["3C", "n"] == 1  # neither the one not carried out, nor the one without outcome
    assert practice_order(rows.assign(outcome=-rows["outcome"]), TRUTH).pairs_right == 0.0


def test_supports_are_told_apart_by_what_they_truly_do():
    rows = pd.DataFrame(
        [("a", YEAR, 1, 0.3), ("a", YEAR, 2, -0.1)], columns=["org_id", "school_year", "support_no", "change"]
    )
    signs = support_signs(rows, TRUTH)
    assert signs.loc[True, "change"] == 0.3
    assert signs.loc[False, "share_positive"] == 0.0
