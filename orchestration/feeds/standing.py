"""What stands of the feeds, as the lake's newest snapshot says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from upath import UPath

from orchestration import lake
from orchestration.feeds.snapshot import KIND


@dataclass(frozen=True)
class Stale:
    """A feed whose newest file was refused, so that older rows still stand.

    Args:
        feed: its name in feeds.yaml.
        file: the refused file.
        received_at: when that file came (UTC).
        message: why it was refused.
    """

    feed: str
    file: str
    received_at: datetime
    message: str


def stale_feeds(root: UPath) -> list[Stale]:
    """The feeds that are stale, in order of name."""
    newest: dict[str, dict] = {}
    for batch in lake.standing(root):
        if batch.info.get("kind") == KIND:
            for entry in batch.info["entries"]:  # newest first
                statement = entry["statement"]
                if statement["feed"]:
                    newest.setdefault(statement["feed"], statement)
    return [
        Stale(feed, s["source_file"], _time(s["received_at"]), s["message"])
        for feed, s in sorted(newest.items())
        if s["outcome"] == "refused"
    ]


def _time(value: str | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
