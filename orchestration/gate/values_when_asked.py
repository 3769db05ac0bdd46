"""Great Expectations looks for the values that fail only where a result is to show them. Nothing else belongs here.

A result format may leave such values out (`exclude_unexpected_values`); theirs looks for them all the same, one query
or two for each expectation, and throws them away. Here they are not looked for, so that an expectation that is met costs
its count alone.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from great_expectations.core.metric_function_types import SummarizationMetricNameSuffixes as Suffix
from great_expectations.expectations.expectation import (
    ColumnMapExpectation,
    ColumnPairMapExpectation,
    MulticolumnMapExpectation,
)

_OF_VALUES = tuple(
    s.value for s in (Suffix.UNEXPECTED_VALUES, Suffix.UNEXPECTED_INDEX_LIST, Suffix.UNEXPECTED_INDEX_QUERY)
)
_DONE = "_looks_when_asked"


def look_for_values_when_asked() -> None:
    """Leave out what the result leaves out; doing it again changes nothing."""
    for kind in (ColumnMapExpectation, ColumnPairMapExpectation, MulticolumnMapExpectation):
        theirs = kind.get_validation_dependencies
        if not hasattr(theirs, _DONE):
            setattr(kind, "get_validation_dependencies", _without_values(theirs))  # noqa: B010 - a type checker holds methods to be fixed


def _without_values(theirs: Any) -> Any:
    @wraps(theirs)
    def ours(*args: Any, **kwargs: Any) -> Any:
        wanted = theirs(*args, **kwargs)
        if wanted.result_format.get("exclude_unexpected_values"):
            for name in [n for n in wanted.get_metric_names() if n.endswith(_OF_VALUES)]:
                wanted.remove_metric_configuration(name)
        return wanted

    setattr(ours, _DONE, True)
    return ours
