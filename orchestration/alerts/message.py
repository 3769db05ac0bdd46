"""The message that tells of troubles: a subject, a text for people, facts for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from orchestration.alerts.memory import News, Standing


@dataclass(frozen=True)
class Message:
    """One message, as every channel sends it."""

    subject: str
    text: str
    facts: dict[str, Any]


def message_of(news: News, still: list[Standing], state: str, home: str, at: datetime) -> Message:
    """The message of what is news; `still` are the troubles that stand beside and were told before."""
    parts = []
    for title, troubles in (("New", news.new), ("Still", news.again)):
        for s in troubles:
            since = "" if title == "New" else f" (since {s.since:%Y-%m-%d %H:%M} UTC)"
            parts.append(f"{title}{since}: {s.trouble.what}\nDo: {s.trouble.do}")
    parts += [
        f"Mended: what was told on {s.since:%Y-%m-%d %H:%M} UTC is over: {_first_line(s.trouble.what)}"
        for s in news.ended
    ]
    if still:
        told = "\n".join(f"  - since {s.since:%Y-%m-%d}: {_first_line(s.trouble.what)}" for s in still)
        parts.append(f"Told before, and standing:\n{told}")
    parts.append(
        f"Home {home}, {at:%Y-%m-%d %H:%M} UTC. What each means: docs/operations.md, or interlace status."
    )
    return Message(
        f"Interlace, {state}: {_subject(news)}",
        "\n\n".join(parts) + "\n",
        {
            "state": state,
            "home": home,
            "at": at.isoformat(),
            "troubles": [
                {**asdict(s.trouble), "since": s.since.isoformat(), "news": name}
                for name, group in (("new", news.new), ("again", news.again), ("ended", news.ended))
                for s in group
            ],
        },
    )


TITLES = {
    "run_failed": "the night could not run",
    "gate_refused": "the night was refused",
    "feed_stale": "a feed is stale",
    "release_late": "the release is late",
    "leas_missing": "LEAs have not reported",
    "rejects_surged": "rejects have surged",
    "look_failed": "a look failed",
}


def _subject(news: News) -> str:
    kinds = dict.fromkeys(TITLES[s.trouble.kind] for s in [*news.new, *news.again])
    if not kinds:
        return "mended"
    return "; ".join(kinds)


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
