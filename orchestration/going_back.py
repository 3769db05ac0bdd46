"""A night whose time is before that of the release that stands: published, it would take from readers what came since.

Only who names such a time on purpose gets it. A night that something else begins (the schedule, late; Dagster,
once more after its process died) is left out; one whose clock is behind the release cannot run.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from orchestration.errors import ConfigError
from orchestration.release.current import current_as_of, read_current
from orchestration.settings import Settings

LEFT_OUT = "is left out: release"
# tags of Dagster's own on runs that nobody asked for by hand; a retry's is on no run that a person repeats
BEGUN_BY_ITSELF = ("dagster/schedule_name", "dagster/sensor_name", "dagster/retry_number")


class LeftOutError(ConfigError):
    """A night that is not made, because a release of a later time stands; nothing is wrong."""


def refuse_clock_set_back(settings: Settings, clock: datetime) -> None:
    """Stop a night where now is before the release that stands.

    Raises:
        ConfigError: a clock is wrong, or was.
    """
    stands = current_as_of(settings.releases)
    if stands is not None and clock < stands:
        raise ConfigError(
            f"the clock says {clock:%Y-%m-%d %H:%M} UTC, but release {read_current(settings.releases)}, which stands, is as of "
            f"{stands:%Y-%m-%d %H:%M} UTC: a clock is wrong, or was. Set it right and run again; if it was wrong then, go back "
            "first (interlace release rollback). A night as of an earlier time on purpose names it: --as-of"
        )


def refuse_late_night(settings: Settings, as_of: datetime) -> None:
    """Leave out a night that is of an earlier time than the release that stands.

    Raises:
        LeftOutError: it is.
    """
    stands = current_as_of(settings.releases)
    if stands is not None and as_of < stands:
        raise LeftOutError(
            f"the night as of {as_of:%Y-%m-%d %H:%M} UTC {LEFT_OUT} {read_current(settings.releases)}, which stands, is as of "
            f"{stands:%Y-%m-%d %H:%M} UTC, and readers would lose what came since. Nothing is to be done. Who wants that "
            "earlier time on purpose names it: interlace nightly --as-of"
        )


def refuse_going_back(
    settings: Settings, as_of: datetime, created: datetime, *, named: bool, tags: Mapping[str, str]
) -> None:
    """Stop a run of Dagster that would take readers back, unless a person named its time.

    Args:
        settings: of the home.
        as_of: the run's time.
        created: when the run was made.
        named: whether its configuration names that time.
        tags: of the run.

    Raises:
        LeftOutError: a release of a later time stands.
        ConfigError: a clock is wrong, or was.
    """
    if named and not any(tag in tags for tag in BEGUN_BY_ITSELF):
        return
    refuse_clock_set_back(settings, created)
    refuse_late_night(settings, as_of)
