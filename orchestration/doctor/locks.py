"""Who writes to the home, and what a killed night left."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from orchestration import storage
from orchestration.doctor.finding import Finding, Look, ok, problem, warning
from orchestration.lock import LOCK, holder_of
from orchestration.warehouse.orphans import orphans


def locks(look: Look, processes: Path = Path("/proc")) -> list[Finding]:
    """The writer lock, and, where nobody holds it, what is left of a killed night."""
    settings = look.settings
    path = settings.warehouse / LOCK
    holder, held = holder_of(settings.warehouse)
    if held:
        since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if holder.isdigit() and (processes / holder).is_dir():
            what = (processes / holder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            return [
                ok(
                    f"a run is writing: process {holder} since {since:%Y-%m-%d %H:%M} UTC ({what.strip()[:120]})"
                )
            ]
        return [
            problem(
                f"the home is held by process {holder or 'unknown'} since {since:%Y-%m-%d %H:%M} UTC, which is not of this machine",
                "a night runs in another container or on another machine that shares this folder: end it there, "
                "and let nights run in one place only",
            )
        ]
    found: list[Finding] = []
    if holder:
        found.append(
            warning(
                f"the last writer (process {holder}) was killed before it ended; the lock is free",
                "run interlace nightly again: it goes on where that one stopped, nothing received is lost",
            )
        )
    if left := orphans(settings.warehouse / "dbt", processes):
        found.append(
            warning(
                f"dbt of a killed night is still at work (process {', '.join(map(str, left))})",
                "run interlace nightly: it ends such processes before it builds",
            )
        )
    for name in ("releases", "lake", "archive"):
        folder = getattr(settings, name)
        if storage.is_local(folder) and (
            n := sum(1 for _ in storage.local(folder).rglob(f"{storage.TEMPORARY}*"))
        ):
            found.append(
                warning(
                    f"{n:,} half-written files of a killed night are in {name}/; no reader sees them",
                    "nothing by hand: the next night sweeps what is its own"
                    if name != "archive"
                    else f"delete them while no night runs: find {folder} -name '{storage.TEMPORARY}*' -delete",
                )
            )
    return found or [ok("nobody is writing")]
