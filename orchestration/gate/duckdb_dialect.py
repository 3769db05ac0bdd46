"""Makes Great Expectations work on DuckDB through SQLAlchemy. Nothing else belongs here.

Great Expectations closes its connection before it reads a result, and DuckDB's rows go with the
connection: every expectation fails with "list index out of range" (Great Expectations issue 11579).
For the dialects in one private tuple it keeps a single connection open; DuckDB joins them here.
`tests/unit/gate/test_engine_patches.py` fails when this is needed no more, or works no more.
"""

from __future__ import annotations

from great_expectations.execution_engine import sqlalchemy_execution_engine as engine


class _DuckDB(str):
    """Equal to "duckdb" where the dialect's name is compared, with `.value` where an enum is expected."""

    __slots__ = ()

    @property
    def value(self) -> str:
        return str(self)


def keep_connection_open() -> None:
    """Let Great Expectations keep one connection open on DuckDB; doing it again changes nothing."""
    if "duckdb" not in engine._PERSISTED_CONNECTION_DIALECTS:
        kept = (*engine._PERSISTED_CONNECTION_DIALECTS, _DuckDB("duckdb"))
        setattr(engine, "_PERSISTED_CONNECTION_DIALECTS", kept)  # noqa: B010 - its type has four members
