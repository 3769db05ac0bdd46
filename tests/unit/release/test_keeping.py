"""What policy keeps, to the day; and what it cannot let go."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.demo.state import DEMO_STATE
from orchestration.policy import load_policy
from orchestration.release.keeping import KeepingRule, keeping_rule, kept_because

NOW = datetime(2024, 6, 20, 12)
RULE = KeepingRule(days=10, month_ends=2, school_year_ends=True, time_zone="America/Chicago", first_month=7)


def release(text: str) -> str:
    """The ID of a night, e.g. of 2024-06-01 07:00 UTC (2 in the morning in Chicago)."""
    return f"{datetime.fromisoformat(text):%Y%m%dT%H%M%SZ}-00000000"


def kept(*nights: str, rule: KeepingRule = RULE, **options: object) -> dict[str, list[str]]:
    wanted = {"current": None, "previous": None, "certified": {}, **options}
    return kept_because([release(n) for n in nights], rule, NOW, **wanted)


def test_the_last_days_are_kept_to_the_second():
    at_the_edge, inside = "2024-06-10T12:00:00", "2024-06-10T12:00:01"
    found = kept(at_the_edge, inside, "2024-06-19T07:00")
    assert found[release(at_the_edge)] == []
    assert found[release(inside)] == ["it is of the last 10 days"]


def test_month_ends_are_the_last_of_the_month_on_the_states_clock_and_for_their_months():
    found = kept("2024-03-31T07:00", "2024-04-20T07:00", "2024-05-01T04:00", "2024-05-01T07:00")
    assert found[release("2024-04-20T07:00")] == []  # 1 May 04:00 UTC is still April in Chicago
    assert found[release("2024-05-01T04:00")] == ["it is the last of 2024-04, a month of the last 2"]
    assert "it is the last of 2024-05, a month of the last 2" in found[release("2024-05-01T07:00")]
    assert found[release("2024-03-31T07:00")] == []


def test_school_year_ends_are_kept_for_ever_or_not_as_policy_says():
    old = ("2019-06-29T07:00", "2019-06-30T07:00", "2019-07-02T07:00")
    assert kept(*old)[release(old[1])] == ["it is the last of school year 2018-19"]
    assert kept(*old)[release(old[0])] == []
    without = KeepingRule(10, 0, school_year_ends=False, time_zone="UTC", first_month=7)
    assert not any(kept(*old, rule=without).values())


def test_the_current_the_one_before_and_the_certified_are_kept_whatever_policy_says():
    nights = [f"2019-03-0{n}T07:00" for n in range(1, 6)]
    none = KeepingRule(1, 0, school_year_ends=False, time_zone="UTC", first_month=7)
    ids = [release(n) for n in nights]
    found = kept(*nights, rule=none, current=ids[4], previous=ids[1], certified={ids[2]: ("2018-19",)})
    assert [i for i in ids if found[i]] == [ids[1], ids[2], ids[4]]
    aside = f"{ids[2]}.damaged-1"
    both = kept_because([aside], none, NOW, current=None, previous=None, certified={ids[2]: ("2018-19",)})
    assert both[aside] == ["it is certified for 2018-19"]


@given(
    st.lists(st.integers(0, 3000), min_size=1, max_size=40, unique=True),
    st.integers(1, 60),
    st.integers(0, 36),
)
def test_pruning_twice_lets_go_no_more_than_pruning_once(ages, days, months):
    rule = KeepingRule(days, months, school_year_ends=True, time_zone="UTC", first_month=7)
    ids = [f"{NOW - timedelta(days=a):%Y%m%dT%H%M%SZ}-00000000" for a in ages]
    nothing = {"current": None, "previous": None, "certified": {}}
    left = [i for i, why in kept_because(ids, rule, NOW, **nothing).items() if why]
    assert all(kept_because(left, rule, NOW, **nothing).values())


def test_the_rule_is_the_policys_of_the_school_year():
    rule = keeping_rule(load_policy(DEMO_STATE), NOW)
    assert (rule.days, rule.month_ends, rule.school_year_ends) == (90, 24, True)
    from orchestration.errors import ConfigError

    with pytest.raises(ConfigError, match="release_keep_days"):
        keeping_rule(load_policy(DEMO_STATE), datetime(2020, 1, 1))
