"""The fixture of this folder: a home of the small state."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_state import Home, make_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path)
