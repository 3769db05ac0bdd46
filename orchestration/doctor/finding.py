"""What a check of the doctor is given, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from orchestration.settings import Settings

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True)
class Look:
    """One look at a home.

    Args:
        settings: the home and its state.
        now: the time of the look (UTC).
        deep: read every archived file and every file of the release, not a sample.
    """

    settings: Settings
    now: datetime
    deep: bool = False


@dataclass(frozen=True)
class Finding:
    """One answer.

    Args:
        level: `ok`; `warning` (a night runs, but somebody should look); `problem` (it will not, or lies).
        what: what was found, in a sentence.
        fix: what to do about it; blank where all is well.
    """

    level: Level
    what: str
    fix: str = ""


def ok(what: str) -> Finding:
    """All is well."""
    return Finding("ok", what)


def warning(what: str, fix: str) -> Finding:
    """A night runs, but somebody should look."""
    return Finding("warning", what, fix)


def problem(what: str, fix: str) -> Finding:
    """A night will not run, or what stands is not to be trusted."""
    return Finding("problem", what, fix)


def some(names: list[str], most: int = 5) -> str:
    """The first few of many, for a sentence."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown
