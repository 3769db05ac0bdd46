"""A simulated state large enough for rates to mean something, with its marts and its truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd
from truth_file import Truth, read_truth

from orchestration.demo.simulate import simulate
from orchestration.demo.state import DEMO_STATE
from orchestration.feeds.load import load_feeds
from orchestration.policy import load_policy
from orchestration.school_year import period_range
from orchestration.settings import DBT_PROJECT, Settings
from orchestration.warehouse.build_file import prepare_build_file
from orchestration.warehouse.dbt_run import dbt
from tests.benchmarks.large_state import write_state

LEAS, SCHOOLS, SEED = 30, 7, 5
PERIODS = period_range("2023-08", "2024-05")
AS_OF = datetime(2024, 8, 1)  # when the last late file has come
# what is compared with the truth; those that the project does not have yet are left out
MARTS = (
    "fct_action_status",
    "rpt_implementation_by_practice",
    "rpt_waning",
    "rpt_interlaced",
    "rpt_support_effect",
)


@dataclass(frozen=True)
class State:
    """The state's marts and its truth."""

    settings: Settings
    truth: Truth

    def rows(self, sql: str) -> pd.DataFrame:
        """Rows of a query over the schemas `marts` and `lake`."""
        with duckdb.connect(str(self.settings.build_file), read_only=True) as db:
            return db.execute(sql).df()

    def has(self, mart: str) -> bool:
        """Whether the project has that mart."""
        return _has(mart)


def _has(mart: str) -> bool:
    return any((DBT_PROJECT / "models" / "marts").rglob(f"{mart}.sql"))


def make_state(home: Path) -> State:
    """240 plans in one school year, straight into the lake; only the marts above are built."""
    settings = Settings.at(home, DEMO_STATE)
    policy = load_policy(settings.state)
    write_state(home, ["2023-24"], LEAS, SCHOOLS)
    load_feeds(settings, policy, AS_OF)
    simulate(settings, policy, PERIODS, seed=SEED, to_lake=True)
    prepare_build_file(settings, policy, AS_OF)
    wanted = [f"+{m}" for m in MARTS if _has(m)]
    dbt(
        [
            "build",
            "--exclude-resource-type",
            "unit_test",
            "--exclude-resource-type",
            "test",
            "--select",
            *wanted,
        ],
        settings,
    )
    return State(settings, read_truth(home, SEED))
