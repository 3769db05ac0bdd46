"""What was told before, so that a standing trouble is told with its "since", not as new every night.

<home>/alerts/open.json        the troubles that stand, and messages that a channel could not deliver
<home>/alerts/<time>-<n>.txt   every message, for people
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from orchestration import storage
from orchestration.alerts.trouble import Trouble

FILE = "open.json"


@dataclass(frozen=True)
class Standing:
    """A trouble that stands.

    Args:
        trouble: as it was seen last.
        since: when it was first seen (UTC).
        told_at: when it was last told.
    """

    trouble: Trouble
    since: datetime
    told_at: datetime


@dataclass(frozen=True)
class Memory:
    """What is remembered: by key the standing troubles; messages by the channel that still owes them."""

    standing: dict[str, Standing] = field(default_factory=dict)
    unsent: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class News:
    """What is to be told: new troubles, standing ones of which it is time to speak again, ended ones."""

    new: list[Standing]
    again: list[Standing]
    ended: list[Standing]

    def __bool__(self) -> bool:
        return bool(self.new or self.again or self.ended)


def compare(
    before: Memory, found: Sequence[Trouble], at: datetime, remind_days: int
) -> tuple[News, dict[str, Standing]]:
    """What is news at a time, and what stands from now on."""
    news = News([], [], [])
    standing: dict[str, Standing] = {}
    for trouble in found:
        known = before.standing.get(trouble.key)
        if known is None:
            told = Standing(trouble, at, at)
            news.new.append(told)
        elif trouble.event != known.trouble.event or at - known.told_at >= timedelta(days=remind_days):
            told = Standing(trouble, known.since, at)
            news.again.append(told)
        else:
            told = replace(known, trouble=trouble)
        standing[trouble.key] = told
    news.ended.extend(s for key, s in before.standing.items() if key not in standing)
    return news, standing


def recall(folder: Path) -> Memory:
    """What is remembered in a folder; nothing where there is no memory or it cannot be read.

    Who forgets tells everything again, which is better than to tell nothing.
    """
    try:
        raw = storage.read_json(folder / FILE)
        return Memory(
            {
                key: Standing(
                    Trouble(**s["trouble"]),
                    datetime.fromisoformat(s["since"]),
                    datetime.fromisoformat(s["told_at"]),
                )
                for key, s in raw["standing"].items()
            },
            list(raw["unsent"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Memory()


def remember(folder: Path, memory: Memory) -> None:
    """Keep what was told."""
    standing = {
        key: {"trouble": asdict(s.trouble), "since": s.since.isoformat(), "told_at": s.told_at.isoformat()}
        for key, s in memory.standing.items()
    }
    storage.write_json(folder / FILE, {"standing": standing, "unsent": memory.unsent})


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait until nobody else tells: the command line and Dagster's sensor may look at the same moment."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield
