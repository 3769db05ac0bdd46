"""A simulation straight into the lake is the same simulation: its rows and marts are those of its workbooks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import methodcaller

import duckdb
import pandas as pd
import pytest
from built import Built, build_marts

from orchestration import lake, storage
from orchestration.demo.simulate import simulate
from orchestration.demo.state import DEMO_PERIODS, DEMO_STATE, write_demo_state
from orchestration.feeds.load import load_feeds
from orchestration.policy import load_policy
from orchestration.settings import Settings

pytestmark = pytest.mark.slow

AS_OF = datetime(2024, 9, 1)  # when the latest of the late files has come
MONTHS = [*DEMO_PERIODS[:2], DEMO_PERIODS[-1]]  # one that opens a year, one that ends a quarter, the last
# a simulation has no bytes: what they are known by differs, and nothing else
OF_BYTES = ("submission_id", "sha256", "file_bytes")  # ends of column names


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    """The same simulation, with slips, sent as files and written into the lake, each with its marts."""
    built = {}
    for way in ("files", "lake"):
        settings = Settings.at(tmp_path_factory.mktemp(way), DEMO_STATE)
        write_demo_state(settings.home, leas=5)
        policy = load_policy(settings.state)
        load_feeds(settings, policy, AS_OF)
        simulate(settings, policy, MONTHS, seed=9, slips=0.4, to_lake=way == "lake")
        built[way] = build_marts(settings, AS_OF)
    return built


def differing(homes: dict[str, Built], read: Callable[[Built], pd.DataFrame]) -> tuple[int, pd.DataFrame]:
    """How many rows the files gave, and the rows that only one of the ways gave."""
    frames = {way: read(built) for way, built in homes.items()}
    names = ", ".join(f'"{c}"' for c in frames["files"].columns if not c.endswith(OF_BYTES))
    with duckdb.connect() as db:
        for way, frame in frames.items():
            db.register(way, frame)
        sql = " union all ".join(
            f"(select '{a}' as only_in, * from (select {names} from {a} except all select {names} from {b}))"
            for a, b in (("files", "lake"), ("lake", "files"))
        )
        return len(frames["files"]), db.execute(sql).df()


def test_every_row_of_the_lake_is_the_same_with_its_sheet_and_row(homes: dict[str, Built]) -> None:
    counts = {}
    for table in lake.table_columns():
        if not table.startswith("feed__"):
            counts[table], different = differing(homes, methodcaller("lake", table))
            assert different.empty, (table, different.head().to_dict("records"))
    # a simulated LEA writes no notes, and nobody withdraws what it sent
    empty = {table for table, rows in counts.items() if not rows}
    assert empty <= {"submission__self_reflection_notes", "intake__withdrawals"}, counts
    forms = homes["files"].lake("intake__submissions")["file_name"].str.rpartition(".")[2]
    assert set(forms) == {"xlsx", "zip"}


def test_every_mart_is_the_same(homes: dict[str, Built]) -> None:
    with duckdb.connect(str(homes["files"].marts), read_only=True) as db:
        marts = [
            name
            for (name,) in db.execute(
                "select table_name from information_schema.tables where table_schema = 'marts' order by 1"
            ).fetchall()
        ]
    assert len(marts) > 10
    for mart in marts:
        _, different = differing(homes, methodcaller("mart", mart))
        assert different.empty, (mart, different.head().to_dict("records"))


def test_both_ways_write_down_the_same_slips_and_the_same_truth(homes: dict[str, Built]) -> None:
    for name in ("slips.json", "truth.json", "manifest.json"):
        files, written = (storage.read_json(b.settings.home / "simulation" / name) for b in homes.values())
        assert files == written
        assert files
