"""Homes that end-to-end tests share; each is made once, when the first test asks for it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from planted import write_feeds, write_submissions

from orchestration.demo.run import run_demo
from orchestration.demo.state import DEMO_STATE
from orchestration.feeds.load import load_feeds
from orchestration.intake.batch import take_in_submissions
from orchestration.policy import load_policy
from orchestration.settings import Settings
from orchestration.warehouse.build_file import prepare_build_file
from orchestration.warehouse.dbt_run import dbt

# seeds and models; what dbt's own tests say is for the tests of the models
MODELS_ONLY = ["build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]


@dataclass(frozen=True)
class Built:
    """The marts of a home as of a time, in a file of their own."""

    settings: Settings
    as_of: datetime
    marts: Path

    def mart(self, name: str) -> pd.DataFrame:
        """All rows of a mart."""
        with duckdb.connect(str(self.marts), read_only=True) as db:
            return db.execute(f"select * from marts.{name}").df()

    def lake(self, table: str) -> pd.DataFrame:
        """All rows of a lake table."""
        with duckdb.connect(str(self.marts), read_only=True) as db:
            return db.execute(f"select * from lake.{table}").df()


def build_marts(settings: Settings, as_of: datetime, only: Sequence[str] = ()) -> Built:
    """Feeds, submissions and models as of a time, as a night does them, without gate and release.

    Args:
        only: marts to build, with what they need; all where it is empty.
    """
    policy = load_policy(settings.state)
    load_feeds(settings, policy, as_of)
    take_in_submissions(settings, policy, as_of)
    prepare_build_file(settings, policy, as_of)
    dbt([*MODELS_ONLY, *(["--select", *(f"+{m}" for m in only)] if only else [])], settings)
    marts = settings.home / f"marts-{as_of:%Y%m%dT%H%M%S}.duckdb"
    shutil.copy(settings.build_file, marts)
    return Built(settings, as_of, marts)


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
    home = tmp_path_factory.mktemp("demo")
    code, lines = run_demo(home, {}, lambda _: None)
    assert code == 0, "\n".join(lines)
    return Settings.at(home, DEMO_STATE)
