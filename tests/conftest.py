"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestration.demo.state import DEMO_STATE
from orchestration.settings import Settings
from tests.demonstration import demonstration

REPO = Path(__file__).parents[1]

# Files that make whole homes, the longest first: two processes then take one each, and at the end only short
# files are left to be shared out. What makes the same home stands apart, so that neither waits for the other.
FIRST = (
    "e2e/test_coaching_and_story.py",  # makes the demonstration
    "dbt/test_project.py",  # makes the empty home
    "e2e/test_rollups_recomputed.py",
    "e2e/test_california_night.py",
    "e2e/test_built_upon.py",
    "e2e/test_reproducible.py",
    "e2e/test_slips_found.py",
    "unit/release/test_crash_and_readers.py",
    "unit/gate/test_gate_run.py",
    "unit/gate/test_expectations.py",
    "dbt/test_reservation.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first; `--no-loadscope-reorder` leaves it at that."""
    order = {REPO / "tests" / name: n for n, name in enumerate(FIRST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))


def _real_data(name: str) -> Path:
    root = Path(os.environ.get("INTERLACE_TEST_DATA") or REPO.parent / "shared" / "data")
    if not (root / name).is_dir():
        pytest.skip(
            f"the real data folder {name} is not here (set INTERLACE_TEST_DATA to the folder that holds it)"
        )
    return root / name


@pytest.fixture(scope="session")
def california() -> Path:
    """The folder of real California files."""
    return _real_data("california")


@pytest.fixture(scope="session")
def bad_inputs() -> Path:
    """The folder of hostile and broken files."""
    return _real_data("bad_inputs")


@pytest.fixture(scope="session")
def published_demo(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The demonstration's home after its whole night, published (copy it before you change it)."""
    return Settings.at(demonstration(tmp_path_factory)[0], DEMO_STATE)
