"""The marts of a home as of a time, built as a night builds them, without gate and release."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd

from orchestration.feeds.load import load_feeds
from orchestration.intake.batch import take_in_submissions
from orchestration.policy import load_policy
from orchestration.settings import Settings
from orchestration.warehouse.build_file import prepare_build_file
from orchestration.warehouse.dbt_run import dbt

# seeds and models; what dbt's own tests say is for the tests of the models
MODELS_ONLY = [
    "build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test", "--log-level-file", "none",
]  # fmt: skip


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
