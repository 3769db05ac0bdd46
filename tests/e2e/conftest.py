"""Homes that end-to-end tests share; each is made once, when the first test asks for it."""

from __future__ import annotations

import fcntl
import os

import pytest
from planted import write_feeds, write_submissions

from orchestration.demo.run import run_demo
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


@pytest.fixture(scope="session")
def published_demo(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The demonstration's home after its whole night, published (copy it before you change it).

    Processes that share a run of the tests share it: whoever asks first makes it, the others wait.
    """
    root = tmp_path_factory.getbasetemp()
    root = root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root
    home, made = root / "demo", root / "demo.made"
    with (root / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            code, lines = run_demo(home, {}, lambda _: None)
            assert code == 0, "\n".join(lines)
            made.touch()
    return Settings.at(home, DEMO_STATE)
