"""Great Expectations' expectation on a query, asking the query once. Nothing else belongs here.

Theirs runs each query twice, once for its rows and once for their number, and our format of results leaves the
rows out. Ours takes its place under the same name, as their own guide has it for expectations of one's own.
Import it after Great Expectations.
"""

from __future__ import annotations

from typing import Any, ClassVar

from great_expectations.expectations.core import UnexpectedRowsExpectation as Theirs


class UnexpectedRowsExpectation(Theirs):
    """A query that must find no row; only how many it finds is asked."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

    def _validate(
        self, metrics: dict, runtime_configuration: dict | None = None, execution_engine: Any = None
    ) -> Any:
        return super()._validate(
            {**metrics, "unexpected_rows_query.table": []}, runtime_configuration, execution_engine
        )
