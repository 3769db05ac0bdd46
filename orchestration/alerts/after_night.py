"""After a night, or in its place: look, and tell. Whatever goes wrong here is logged and stops nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from orchestration.alerts.look import troubles
from orchestration.alerts.rules import failed_night
from orchestration.alerts.tell import tell
from orchestration.alerts.trouble import Trouble
from orchestration.errors import BusyError, ConfigError
from orchestration.policy import load_policy
from orchestration.release.current import read_current
from orchestration.settings import Settings

log = logging.getLogger("interlace")


def look_and_tell(
    settings: Settings,
    at: datetime,
    say: Callable[[str], None] = log.warning,
    *,
    not_begun: Trouble | None = None,
) -> list[Trouble]:
    """Look for troubles, tell what is news of them; what stands, told or not."""
    found = troubles(settings, at, not_begun)
    try:
        tell(settings, state_name(settings), found, at, say)
    except Exception as e:  # a full disk, a folder that cannot be written: the night's own outcome counts
        say(f"Alerts could not be told ({type(e).__name__}: {e}).")
    return found


def night_that_could_not_begin(settings: Settings, error: BaseException, at: datetime) -> Trouble | None:
    """The trouble of a night that ended before Dagster knew of it; None where another one is just at work."""
    if isinstance(error, BusyError):
        return None  # it passes; if it does not, the release grows late
    when = f"{at:%Y-%m-%d %H:%M} UTC"
    return failed_night("could not run", [str(error)], read_current(settings.releases), when, when)


def state_name(settings: Settings) -> str:
    """The state's name; the folder's where its policy cannot be read."""
    try:
        return load_policy(settings.state).state
    except (ConfigError, OSError):
        return settings.state.name
