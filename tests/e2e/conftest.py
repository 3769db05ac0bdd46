"""Homes that end-to-end tests share; each is made once, when the first test asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from planted import write_feeds, write_submissions

from orchestration.demo.run import run_demo
from orchestration.demo.state import DEMO_STATE
from orchestration.policy import load_policy
from orchestration.settings import Settings
from tests.once import made_once


@pytest.fixture(scope="session")
def planted_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home that holds what `planted` brings: received, not taken in."""
    home = tmp_path_factory.mktemp("planted")
    settings = Settings.at(home, DEMO_STATE)
    write_submissions(settings, load_policy(settings.state), write_feeds(home))
    return settings


@pytest.fixture(scope="session")
def published_demo(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The demonstration's home after its whole night, published (copy it before you change it)."""

    def make(home: Path) -> None:
        code, lines = run_demo(home, {}, lambda _: None)
        assert code == 0, "\n".join(lines)

    home, _ = made_once(tmp_path_factory, "demo", make)
    return Settings.at(home, DEMO_STATE)
