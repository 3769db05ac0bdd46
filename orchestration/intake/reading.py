"""What reading one cell gives: a typed value, and notes by rule; shared by all converters.

A converter sees a cell that is not blank: text without outer spaces, a number, a date or a time
(true and false arrive as the texts TRUE and FALSE). It never raises for bad content.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from orchestration.contracts.model import Field
from orchestration.policy import Policy


class Read(NamedTuple):
    """A cell read. A value of None with notes is a cell that could not be read; None without is blank.

    `notes` holds (rule id, words that its message needs) for every rule that fired.
    """

    value: Any
    notes: tuple[tuple[str, dict[str, Any]], ...] = ()


BLANK = Read(None)


def bad(rule: str, **words: Any) -> Read:
    """A cell that could not be read, for that reason."""
    return Read(None, ((rule, words),))


def flagged(value: Any, rule: str, **words: Any) -> Read:
    """A cell that was read, and that somebody should look at."""
    return Read(value, ((rule, words),))


@dataclass(frozen=True)
class Context:
    """What converters know beside the cell: the state's policy."""

    policy: Policy


Converter = Callable[[Any, Field, Context], Read]
