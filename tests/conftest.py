"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]


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
