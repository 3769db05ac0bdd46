"""Great Expectations works out an expectation's configuration once where it did so ten times. Nothing else belongs here.

Each look at `expectation.configuration` makes it anew from all its fields, and gathering the arguments of one metric
looks nine times; over a suite that is a sixth of the evaluation. While arguments are gathered nothing changes
the expectation, so that the first look holds for all.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from great_expectations.expectations.expectation import Expectation

_MADE_ANEW = Expectation.configuration
_GATHER = Expectation._get_runtime_kwargs
_kept: dict[int, Any] = {}  # by the identity of an expectation whose arguments are being gathered


def _configuration(self: Expectation) -> Any:
    kept = _kept.get(id(self))
    return _MADE_ANEW.fget(self) if kept is None else kept  # a property


@wraps(_GATHER)
def _get_runtime_kwargs(self: Expectation, runtime_configuration: dict | None = None) -> dict:
    _kept[id(self)] = self.configuration
    try:
        return _GATHER(self, runtime_configuration)
    finally:
        del _kept[id(self)]


def keep_configurations() -> None:
    """Let each gathering of arguments look once; doing it again changes nothing."""
    setattr(Expectation, "configuration", property(_configuration))  # noqa: B010 - a type checker holds methods to be fixed
    setattr(Expectation, "_get_runtime_kwargs", _get_runtime_kwargs)  # noqa: B010 - the same
