"""Homes that end-to-end tests share; each is made once, when the first test asks for it."""

from __future__ import annotations

import pytest
from planted import write_feeds, write_submissions

from orchestration.demo.state import DEMO_STATE
from orchestration.policy import load_policy
from orchestration.settings import Settings


@pytest.fixture(scope="session")
def planted_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home that holds what `planted` brings: received, not taken in."""
    home = tmp_path_factory.mktemp("planted")
    settings = Settings.at(home, DEMO_STATE)
    write_submissions(settings, load_policy(settings.state), write_feeds(home))
    return settings
