"""Makes Dagster's event log cheap where it is in SQLite, which it is unless a home says otherwise.

For each event Dagster opens its files with an engine that knows no statement yet, and closes them again,
which empties SQLite's write-ahead log into the file. A night tells of some two thousand events; this cost it
more than the models did. Here a log keeps its connections until it is disposed of. What is written, and
when others see it, stays as it was. `tests/unit/orchestration/test_event_log.py` fails when Dagster's own
way has changed and this must be looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy import Connection, Engine, create_engine, event

DAGSTERS_CONNECT, DAGSTERS_DISPOSE = SqliteEventLogStorage._connect, SqliteEventLogStorage.dispose
DAGSTERS_COLUMNS = SqliteEventLogStorage._has_asset_key_index_cols_on_connection
_ENGINES = "_interlace_engines"  # attribute of a log: by file, its engine
_HAS_COLUMNS = "_interlace_has_columns"


def keep_connections() -> None:
    """Let every SQLite event log of this process keep its connections; doing it again changes nothing."""
    setattr(SqliteEventLogStorage, "_connect", _connect)  # noqa: B010 - mypy holds methods to be fixed
    setattr(SqliteEventLogStorage, "dispose", _dispose)  # noqa: B010 - the same
    setattr(SqliteEventLogStorage, "_has_asset_key_index_cols_on_connection", _has_columns)  # noqa: B010 - the same


@contextmanager
def _connect(self: SqliteEventLogStorage, shard: str) -> Iterator[Connection]:
    """A transaction in the file of a run, or in the index of all runs."""
    with self._db_lock:
        engines = self.__dict__.setdefault(_ENGINES, {})
        if shard not in engines:
            engines[shard] = _engine(self.conn_string_for_shard(shard))
        if shard not in self._initialized_dbs:
            self._initdb(engines[shard])
            self._initialized_dbs.add(shard)
        with engines[shard].begin() as connection:
            yield connection


def _engine(address: str) -> Engine:
    engine = create_engine(address, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})

    @event.listens_for(engine, "connect")
    def without_waiting_for_the_disk(connection: Any, _: Any) -> None:
        # a power cut may then cost the last events; it never spoils the file
        connection.execute("pragma synchronous = normal")

    return engine


def _has_columns(self: SqliteEventLogStorage, connection: Connection) -> bool:
    """Whether the table of assets has the columns of newer versions: asked until it has, not for each event."""
    if not self.__dict__.get(_HAS_COLUMNS):
        self.__dict__[_HAS_COLUMNS] = DAGSTERS_COLUMNS(self, connection)
    return bool(self.__dict__[_HAS_COLUMNS])


def _dispose(self: SqliteEventLogStorage) -> None:
    DAGSTERS_DISPOSE(self)
    with self._db_lock:
        for engine in self.__dict__.pop(_ENGINES, {}).values():
            engine.dispose()
