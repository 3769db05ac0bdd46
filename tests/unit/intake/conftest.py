"""Fixtures of the tests of intake; what they are made of stands in `intake_home`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from intake_home import SCHOOL, Home

from orchestration.intake import against_standing
from orchestration.policy import Policy, PolicyValue
from orchestration.settings import Settings


@pytest.fixture(autouse=True)
def plans_elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most files of these tests bring statuses without their plan, and are about something else.

    That the plan was never sent is looked at where the module says `LOOKS_FOR_PLANS = True`.
    """
    if not getattr(request.module, "LOOKS_FOR_PLANS", False):
        monkeypatch.setattr(against_standing, "ask_references", lambda file, timeline: [])


@pytest.fixture
def policy() -> Policy:
    return Policy(
        state="Testland",
        time_zone="America/Los_Angeles",
        org_id_pattern=r"\d{7}",
        org_id_example=SCHOOL,
        lea_id_pattern=r"\d{2}0{5}",
        school_year_first_month=7,
        nightly_at="02:00",
        values=(
            PolicyValue("due_day", "15", "2017-18", None, "test", True),
            PolicyValue("percent_change_means", "points", "2017-18", None, "test", True),
        ),
        sha256="0" * 64,
    )


@pytest.fixture
def make_home(tmp_path: Path, policy: Policy) -> Callable[[str], Home]:
    def make(name: str) -> Home:
        state = tmp_path / "state"
        state.mkdir(exist_ok=True)
        (state / "policy.yaml").write_text("{}")
        return Home(replace(Settings.at(tmp_path / name, state), workers=1), policy)

    return make


@pytest.fixture
def home(make_home: Callable[[str], Home]) -> Home:
    return make_home("home")
