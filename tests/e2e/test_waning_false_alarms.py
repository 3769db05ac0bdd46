"""Who is called waning where nobody is, and how many of those that truly stall are found.

The figures stand in docs/analysts.md; run with `--log-cli-level=INFO` to see them.
"""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from nights import home_after_first_night
from steady_states import State, simulate, waning

from orchestration.demo.state import DEMO_STATE

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SCHOOLS = 300


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQL that a night ran."""
    home, _ = home_after_first_night(tmp_path_factory)
    return home / "warehouse" / "dbt" / "compiled"


def called(state: State, compiled: Path, name: str) -> dict[tuple[str, str], set[str]]:
    """By rule and code level, the schools that it calls at any time of the year."""
    found = waning(state, compiled, DEMO_STATE)
    calls = {
        (rule, level): set(found[(found["waning_rule"] == rule) & (found["code_level"] == level)]["org_id"])
        for rule in ("peers", "falling")
        for level in ("all", "practice")
    }
    figures = logging.getLogger(__name__)
    for key, orgs in calls.items():
        steady = len(orgs - state.stalled) / (SCHOOLS - len(state.stalled))
        found_of_stalled = len(orgs & state.stalled) / len(state.stalled) if state.stalled else float("nan")
        figures.info(
            "%s: %s: false %.3f of school-years, %.2f of stalls found", name, key, steady, found_of_stalled
        )
    return calls


@pytest.mark.parametrize("actions", [15, 50])
def test_few_schools_without_a_trend_are_called(compiled: Path, actions: int) -> None:
    state = simulate(7, SCHOOLS, actions, spread=0.0, stalled=0.0)
    calls = called(state, compiled, f"alike, {actions} actions")
    assert len(calls[("peers", "all")]) <= 0.02 * SCHOOLS
    assert len(calls[("falling", "all")]) <= 0.04 * SCHOOLS
    either = calls[("peers", "all")] | calls[("falling", "all")]
    assert len(either) <= 0.05 * SCHOOLS
    by_practice = calls[("peers", "practice")] | calls[("falling", "practice")]
    assert len(by_practice) <= 0.04 * SCHOOLS  # in any of its five practices


def test_stalls_are_found_among_schools_of_many_skills(compiled: Path) -> None:
    state = simulate(8, SCHOOLS, 50, spread=0.1, stalled=0.15)
    calls = called(state, compiled, "many skills, stalls")
    either = calls[("peers", "all")] | calls[("falling", "all")]
    assert len(either & state.stalled) >= 0.9 * len(state.stalled)
    assert len(either & state.stalled) >= 0.8 * len(either)


def test_a_single_late_action_calls_nobody_where_hardly_anything_is_late(compiled: Path) -> None:
    """Most schools have a behind-rate of 0, and the MAD is 0."""
    state = simulate(9, SCHOOLS, 50, spread=0.0, stalled=0.0)
    first = state.actions["action_code"] == "1.1.1.1"
    is_late = first & (state.actions["org_id"].str[-1] == "0") & (state.actions["period"] >= "2023-10")
    actions = state.actions.assign(status="completed", is_completed=True, is_on_time=True, is_behind=False)
    actions.loc[is_late, ["is_completed", "is_on_time"]] = False
    actions.loc[is_late, "is_due"] = True
    actions.loc[is_late, "is_behind"] = True
    found = waning(State(actions, state.codes, frozenset()), compiled, DEMO_STATE)
    total = found[found["code_level"] == "all"]
    assert total.empty
