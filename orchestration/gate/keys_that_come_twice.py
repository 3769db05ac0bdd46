"""How many rows have a key that another row has, too: one grouping. Nothing else belongs here.

Great Expectations joins the groups to every row of the table again; over millions of rows that took twice the time. Ours takes the
place of its count under the same name, as its own guide has it for metrics of one's own, and counts a key that has a NULL
in it as a key: theirs, comparing with `=`, never finds such a row twice. Import it after Great Expectations.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics import CompoundColumnsUnique
from great_expectations.expectations.metrics.metric_provider import MetricProvider, metric_value


class RowsOfKeysThatComeTwice(MetricProvider):
    """The number of rows whose columns together are not theirs alone."""

    metric_name = "compound_columns.unique.unexpected_count"
    domain_keys = CompoundColumnsUnique.condition_domain_keys

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls,
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> int:
        rows, _, accessor = execution_engine.get_compute_domain(
            metric_domain_kwargs, domain_type=MetricDomainTypes.MULTICOLUMN
        )
        key = [sa.column(name) for name in accessor["column_list"]]
        count = sa.func.count()
        twice = (
            sa.select(count.label("n")).select_from(rows).group_by(*key).having(count > 1).subquery("twice")
        )
        found = execution_engine.execute_query(sa.select(sa.func.coalesce(sa.func.sum(twice.c.n), 0)))
        return int(found.scalar_one())
