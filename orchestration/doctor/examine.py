"""All checks of the doctor, in the order in which one would look."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from orchestration.doctor.access import access
from orchestration.doctor.finding import Finding, Look, problem
from orchestration.doctor.installation import installation
from orchestration.doctor.instance import instance
from orchestration.doctor.locks import locks
from orchestration.doctor.places import disk, places
from orchestration.doctor.received import received
from orchestration.doctor.release import release
from orchestration.doctor.state import feeds, policy
from orchestration.doctor.told import told
from orchestration.doctor.versions import versions

CHECKS: dict[str, Callable[[Look], list[Finding]]] = {
    "installation": installation,
    "folders": places,
    "disk": disk,
    "access": access,
    "locks": locks,
    "policy": policy,
    "feeds": feeds,
    "archive": received,
    "versions": versions,
    "dagster": instance,
    "release": release,
    "alerts": told,
}


def examine(
    look: Look, checks: dict[str, Callable[[Look], list[Finding]]] = CHECKS
) -> Iterator[tuple[str, Finding]]:
    """Name of the check and finding, of every check; one that fails itself is a problem, never a pass."""
    for name, check in checks.items():
        if name != "folders" and not look.settings.home.is_dir() and name not in ("installation", "policy"):
            continue  # `folders` has said that there is no home
        try:
            found = check(look)
        except Exception as e:  # whatever is broken, the other checks still speak
            found = [
                problem(
                    f"could not be checked ({type(e).__name__}: {e})",
                    "mend what the message names; if it names nothing of yours, it is a fault of Interlace's: report it",
                )
            ]
        for finding in found:
            yield name, finding
