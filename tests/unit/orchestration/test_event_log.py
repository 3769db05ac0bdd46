"""The one patch of Dagster: why it exists, what it leaves as it was, and when it can go."""

from __future__ import annotations

import inspect
import sqlite3
from collections import Counter
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from orchestration import event_log
from orchestration.demo.state import DEMO_STATE
from orchestration.instance import prepare_instance
from orchestration.settings import Settings


@dg.asset(check_specs=[dg.AssetCheckSpec("gate", asset="mart")])
def mart():
    """An asset with a check."""
    yield dg.MaterializeResult(metadata={"rows": 3})
    yield dg.AssetCheckResult(passed=True)


def told(home: Path) -> Counter[str | None]:
    """The kinds of events in a home's log after one run, asked of another instance."""
    folder = prepare_instance(Settings.at(home, DEMO_STATE))
    with dg.DagsterInstance.from_config(folder) as instance:
        result = dg.materialize([mart], instance=instance)
        assert result.success
    with dg.DagsterInstance.from_config(folder) as other:
        (record,) = other.get_asset_records([dg.AssetKey("mart")])
        assert record.asset_entry.last_materialization_record is not None
        records = other.get_records_for_run(result.run_id).records
    return Counter(r.event_log_entry.dagster_event_type for r in records)


@pytest.fixture
def dagsters_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(SqliteEventLogStorage, "_connect", event_log.DAGSTERS_CONNECT)
    monkeypatch.setattr(SqliteEventLogStorage, "dispose", event_log.DAGSTERS_DISPOSE)
    columns = "_has_asset_key_index_cols_on_connection"
    monkeypatch.setattr(SqliteEventLogStorage, columns, event_log.DAGSTERS_COLUMNS)


def test_the_same_events_are_told_with_it_as_without(tmp_path: Path, dagsters_own):
    without = told(tmp_path / "without")
    event_log.keep_connections()
    event_log.keep_connections()
    assert told(tmp_path / "with") == without
    assert without["ASSET_MATERIALIZATION"] == without["ASSET_CHECK_EVALUATION"] == 1


def test_an_event_is_seen_at_once_by_another_process_and_the_files_are_let_go(tmp_path: Path, dagsters_own):
    event_log.keep_connections()
    folder = prepare_instance(Settings.at(tmp_path, DEMO_STATE))
    index = Path(folder) / "history" / "runs" / "index.db"
    with dg.DagsterInstance.from_config(folder) as instance:
        instance.report_runless_asset_event(dg.AssetMaterialization("mart"))
        with sqlite3.connect(f"file:{index}?mode=ro", uri=True) as reader:
            assert reader.execute("select count(*) from event_logs").fetchone() == (1,)
        reader.close()
    held = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    assert not [name for name in held if name.startswith(str(tmp_path))]


def test_without_it_dagster_still_opens_its_files_for_each_event():
    """When this fails, see whether Dagster now keeps its connections: then delete event_log.py and this file."""
    own = inspect.getsource(event_log.DAGSTERS_CONNECT)
    assert "poolclass=NullPool" in own and "engine.dispose()" in own
    assert "self._initdb(engine)" in own and "with conn.begin():" in own
