"""The state whose truth findings are compared with; made once."""

from __future__ import annotations

import pytest
from true_state import State, make_state


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    """The state, its marts and its truth."""
    return make_state(tmp_path_factory.mktemp("truth"))
