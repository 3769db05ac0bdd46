"""A simulated home of the demonstration state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from demo_checks import SEED, SLIPS

from orchestration.demo.leas import reporting_leas
from orchestration.demo.simulate import SimulationReport, simulate_from
from orchestration.demo.state import DEMO_PERIODS, DEMO_STATE, write_demo_state
from orchestration.demo.submissions import Submission, lea_submissions
from orchestration.demo.world import World
from orchestration.policy import Policy, load_policy
from orchestration.settings import Settings


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy(DEMO_STATE)


@pytest.fixture(scope="session")
def organizations(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    home = tmp_path_factory.mktemp("state")
    write_demo_state(home)
    frames = [pd.read_csv(p, dtype=str) for p in sorted((home / "feeds").glob("directory_*.csv"))]
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="session")
def designations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    home = tmp_path_factory.mktemp("lists")
    write_demo_state(home)
    frames = {
        y: pd.read_csv(home / "feeds" / f"designations_{y}.csv", dtype=str) for y in ("2022-23", "2023-24")
    }
    return {y: f[f["category"] != "none"] for y, f in frames.items()}


Simulate = Callable[..., tuple[SimulationReport, Settings]]


@pytest.fixture(scope="session")
def simulated_into(
    policy: Policy, organizations: pd.DataFrame, designations: dict[str, pd.DataFrame]
) -> Simulate:
    """Simulate into a home: `simulated_into(home, periods=…, leas=…, …)`."""

    def simulated(home: Path, periods: Sequence[str] = DEMO_PERIODS, env: Any = None, **more: Any) -> Any:
        settings = Settings.at(home, DEMO_STATE, env)
        lists = {"2023-24": designations["2023-24"]}
        more = {"seed": SEED, "earlier": {"2022-23": designations["2022-23"]}, **more}
        return simulate_from(organizations, lists, settings, policy, periods, **more), settings

    return simulated


@pytest.fixture(scope="session")
def slipped(
    simulated_into: Simulate, tmp_path_factory: pytest.TempPathFactory
) -> tuple[SimulationReport, Settings]:
    """The whole demonstration state's ten months, with many slips."""
    return simulated_into(tmp_path_factory.mktemp("slipped"), slips=SLIPS)


@pytest.fixture(scope="session")
def submissions(
    policy: Policy, organizations: pd.DataFrame, designations: dict[str, pd.DataFrame]
) -> list[Submission]:
    """Every submission of the ten months, without slips."""
    world = World.of(policy, SEED, DEMO_PERIODS)
    lists = {"2023-24": designations["2023-24"]}
    leas = reporting_leas(organizations, lists, {"2022-23": designations["2022-23"]})
    return [s for lea in leas for s in lea_submissions(world, lea)]
