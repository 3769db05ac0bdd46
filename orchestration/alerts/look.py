"""Looks at a home for troubles. A rule that cannot be looked at is a trouble itself, never silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from orchestration.alerts import rules
from orchestration.alerts.trouble import Trouble
from orchestration.feeds.standing import stale_feeds
from orchestration.operations.nights import past_nights
from orchestration.operations.reporting import reporting
from orchestration.operations.waiting import decided
from orchestration.release.current import current_as_of, read_current
from orchestration.settings import Settings


def troubles(settings: Settings, at: datetime, not_begun: Trouble | None = None) -> list[Trouble]:
    """Everything that is wrong with a home at a time (UTC).

    Args:
        settings: the home.
        at: the time of the look.
        not_begun: the trouble of a night that could not even begin, of which Dagster knows nothing.
    """
    looks: dict[str, Callable[[], list[Trouble]]] = {
        "nights": lambda: (
            [not_begun]
            if not_begun
            else rules.night(past_nights(settings, at), read_current(settings.releases))
        ),
        "release": lambda: rules.late_release(current_as_of(settings.releases), at, settings.alerting),
        "feeds": lambda: rules.stale_feeds(stale_feeds(settings.lake)),
        "reports": lambda: rules.missing_leas(reporting(settings), at, settings.alerting),
        "rejects": lambda: rules.surged_rejects(decided(settings.lake), at, settings.alerting),
    }
    found = []
    for name, look in looks.items():
        try:
            found += look()
        except Exception as e:  # whatever is broken, it is told, and the other rules still speak
            found.append(
                Trouble(
                    "look_failed",
                    name,
                    f"Whether all is well with the {name} could not be told ({type(e).__name__}: {e}).",
                    "Run interlace doctor: it names what is broken.",
                )
            )
    return found
