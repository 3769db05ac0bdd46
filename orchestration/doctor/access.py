"""Who else on this machine may read the home: what LEAs send names people."""

from __future__ import annotations

import stat

from upath import UPath

from orchestration import storage
from orchestration.doctor.finding import Finding, Look, ok, warning

# releases/ is for readers by way of its folder public/; what lies in internal/ names people
CLOSED = ("archive", "lake", "landing", "outbox", "warehouse", "dagster", "logs", "alerts")


def access(look: Look) -> list[Finding]:
    """Folders of the home that every account of this machine may read."""
    home = look.settings.home
    if home.stat().st_mode & stat.S_IXOTH == 0:
        return [ok("the home is closed to other accounts")]
    open_to_all = []
    for name in CLOSED:
        folder = getattr(look.settings, name, None) or home / name
        if storage.is_local(UPath(folder)):
            path = storage.local(UPath(folder))
            if path.is_dir() and path.stat().st_mode & (stat.S_IROTH | stat.S_IXOTH):
                open_to_all.append(name)
    if not open_to_all:
        return [ok("no folder with names of people is open to other accounts")]
    return [
        warning(
            f"every account of this machine may read {', '.join(open_to_all)}",
            f"chmod o-rwx {home} (and give readers a group of their own; docs/operations.md, Access)",
        )
    ]
