"""Runs suites with Great Expectations inside DuckDB, and writes its Data Docs.

The one module that calls Great Expectations. It is imported inside the function: that takes
seconds, which only a gate should pay.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.content import MARTS, quoted
from orchestration.gate.light_import import import_great_expectations
from orchestration.gate.suites import Expectation, Suite
from orchestration.gate.verdict import SHOWN, Answer

if TYPE_CHECKING:
    from great_expectations.datasource.fluent import SQLDatasource

DATASOURCE = "candidate"
# every expectation is asked how many rows fail, and those that are not met once more, with values that fail
COUNTS = {"result_format": "SUMMARY", "partial_unexpected_count": 0, "exclude_unexpected_values": True}
EXAMPLES = {"result_format": "SUMMARY", "partial_unexpected_count": SHOWN}
log = logging.getLogger(__name__)


def run_suites(
    candidate: Path,
    suites: Sequence[Suite],
    docs: Path,
    as_of: datetime,
    *,
    threads: int,
    memory_limit: str,
    progress: Callable[[str], None],
) -> dict[str, list[Answer | None]]:
    """Evaluate the suites on a candidate (opened read-only) and write Data Docs to `docs`.

    Returns:
        By mart, one answer per expectation of its suite, in the suite's order.
    """
    if not suites:
        return {}
    progress("loading Great Expectations")
    gx: Any = import_great_expectations()
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    from orchestration.gate.data_docs import DataDocs
    from orchestration.gate.duckdb_dialect import keep_connection_open
    from orchestration.gate.kept_configuration import keep_configurations
    from orchestration.gate.values_when_asked import look_for_values_when_asked

    keep_connection_open()
    keep_configurations()
    look_for_values_when_asked()
    answers: dict[str, list[Answer | None]] = {}
    with _quiet():
        from orchestration.gate import keys_that_come_twice, one_query  # noqa: F401 - take the place of theirs

        configuration = DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
            analytics_enabled=False,
        )
        context = gx.get_context(mode="ephemeral", project_config=configuration)
        address = connection_string(
            candidate, {"access_mode": "read_only", "threads": str(threads), "memory_limit": memory_limit}
        )
        # each query by itself: in a transaction, one that raises would take the others with it
        datasource = context.data_sources.add_sql(
            DATASOURCE,
            connection_string=address,
            kwargs={"isolation_level": "AUTOCOMMIT"},
        )
        try:
            progress(
                f"evaluating {sum(len(s.expectations) for s in suites)} expectations on {len(suites)} marts"
            )
            evaluated = []
            run = RunIdentifier(run_name="nightly", run_time=as_of.replace(tzinfo=UTC))
            for suite in suites:
                answers[suite.mart] = [None] * len(suite.expectations)
                usable = []
                for n, expectation in enumerate(suite.expectations):
                    made, refusal = _expectation(expectation, n)
                    answers[suite.mart][n] = refusal
                    if made is not None:
                        usable.append(made)
                if not usable:
                    continue
                # given all at once: added one by one, a second query of the same type replaces the first
                made_suite = gx.ExpectationSuite(name=suite.mart, expectations=usable)
                asset = datasource.add_table_asset(suite.mart, table_name=suite.mart, schema_name=MARTS)
                batch = asset.add_batch_definition_whole_table("whole table").get_batch()
                result = batch.validate(made_suite, result_format=COUNTS)
                if failed := {_number(one) for one in result.results if one.success is not True}:
                    again = [e for e in usable if e.meta["number"] in failed]
                    shown = batch.validate(
                        gx.ExpectationSuite(name=suite.mart, expectations=again), result_format=EXAMPLES
                    )
                    # one that is met when asked again has given two answers: the first stands
                    with_examples = {_number(one): one for one in shown.results if one.success is not True}
                    result.results = [with_examples.get(_number(one), one) for one in result.results]
                result.meta.update(run_id=run, validation_time=run.run_time)
                for one in result.results:
                    answer: dict[str, Any] = dict(one.to_json_dict())
                    answers[suite.mart][_number(one)] = _with_rows(answer, suite.mart, datasource)
                evaluated.append((made_suite, result))
            progress("writing the Data Docs")
            pages = DataDocs(docs)
            for made_suite, result in evaluated:
                pages.write(made_suite, result)
        finally:
            _close(datasource)
    return answers


def connection_string(file: Path, options: Mapping[str, str]) -> str:
    """The SQLAlchemy address of a DuckDB file, with `$` kept from Great Expectations' substitution."""
    from sqlalchemy.engine import URL

    url = URL.create("duckdb", database=str(file), query=dict(options))
    return url.render_as_string(hide_password=False).replace("$", r"\$")


def _expectation(expectation: Expectation, number: int) -> tuple[Any, Answer | None]:
    """The expectation as Great Expectations has it, or the answer that says why there is none."""
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    try:
        configuration = ExpectationConfiguration(
            type=expectation.type, kwargs=expectation.kwargs, notes=expectation.notes, meta={"number": number}
        )
        return configuration.to_domain_obj(), None
    except Exception as e:  # an unknown type or wrong arguments: whatever it raises, the check is not met
        info = {
            "raised_exception": True,
            "exception_message": f"{type(e).__name__}: {' '.join(str(e).split())}",
        }
        return None, {"success": False, "result": {}, "exception_info": info}


def _number(one: Any) -> int:
    """Of a result, the place of its expectation in the suite."""
    return int(one.expectation_config.meta["number"])


def _with_rows(answer: dict[str, Any], mart: str, datasource: SQLDatasource) -> Answer:
    """The answer of a failed query with a few of its rows, which this result format leaves out.

    The format that has them holds every failing value of every other expectation too.
    """
    query = answer["expectation_config"]["kwargs"].get("unexpected_rows_query")
    if query is None or answer.get("success") or not answer.get("result"):
        return answer
    from sqlalchemy.exc import SQLAlchemyError

    batch = f"(select * from {MARTS}.{quoted(mart)})"
    rows_sql = f"select * from ({query.format(batch=batch)}) limit {SHOWN}"
    try:
        with datasource.get_execution_engine().get_connection() as connection:
            rows = [dict(row) for row in connection.exec_driver_sql(rows_sql).mappings()]
    except SQLAlchemyError:  # the check has failed all the same; only its examples are lacking
        log.warning("no examples of the rows that fail %s", query, exc_info=True)
        return answer
    return {**answer, "result": {**answer["result"], "details": {"unexpected_rows": rows}}}


def _close(datasource: SQLDatasource) -> None:
    """Let go of the candidate: a connection left open would show a later night's file as this one's."""
    execution = datasource.get_execution_engine()
    with execution.get_connection() as connection:
        connection.close()
    execution.close()
    datasource.get_engine().dispose()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Great Expectations' own log from the night's; what it finds is in its answers."""
    its_log = logging.getLogger("great_expectations")
    level = its_log.level
    its_log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        its_log.setLevel(level)
