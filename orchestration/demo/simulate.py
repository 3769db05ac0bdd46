"""Writing the submissions that a home's LEAs would have sent, into its landing folder.

Each file's modification time is when it arrived. Same seed and same inputs give the same bytes and
times, whatever the number of processes, and an LEA's files do not depend on which others are made:
every draw comes from the seed and the names of the things drawn for. `leas=N` takes the first N LEAs
in the order of a hash of seed and ID, so that a smaller simulation is part of a larger one.

What was written stands in `<home>/simulation/manifest.json`, planted slips in `slips.json` beside it,
and what was true of the simulated state in `truth.json` (docs/simulation.md). `to_lake` leaves the files
out and writes the lake's parts of their rows (`into_lake`).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import storage
from orchestration.demo.into_lake import write_into_lake
from orchestration.demo.leas import reporting_leas
from orchestration.demo.processes import over
from orchestration.demo.records import Entry, file_entry, merge, slip_entry
from orchestration.demo.submissions import Submission, lea_submissions
from orchestration.demo.truth_record import lea_truth, merge_truth
from orchestration.demo.world import Lea, World, reporting_months
from orchestration.errors import ConfigError
from orchestration.intake.template import render_csv_zip, render_workbook
from orchestration.policy import Policy
from orchestration.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

# Plans x months below which starting more processes costs more than it saves
WORTH_PROCESSES = 4_000
YEARS_BEFORE = 4  # in which it is looked since when a designation holds
EVERYTHING_KNOWN = datetime(2200, 1, 1)  # feeds are read as known at the end, whenever they arrived

Progress = Callable[[str], None]


@dataclass(frozen=True)
class SimulationReport:
    """What a simulation wrote.

    Args:
        submissions: LEA-months reported (a corrected file is one more file, not one more submission).
        rows: rows in all files.
        planted: the file that names every planted slip; None where none was asked for.
        truth: the file that says what is true of the simulated organizations.
        manifest: the file that names every file written.
    """

    leas: int
    organizations: int
    submissions: int
    files: int
    rows: int
    slips: int
    planted: Path | None
    truth: Path
    manifest: Path


def simulate(
    settings: Settings,
    policy: Policy,
    periods: Sequence[str],
    *,
    leas: int | None = None,
    seed: int = 0,
    slips: float = 0.0,
    to_lake: bool = False,
    progress: Progress = lambda _: None,
) -> SimulationReport:
    """Write submissions for the home's designated schools and their LEAs; its feeds must be loaded already.

    Args:
        periods: months such as 2023-08; those in which the state does not report are passed over.
        leas: at most that many LEAs.
        slips: share of organization-months that get one planted slip, 0 to 1.
        to_lake: write the rows into the lake, marked as simulated, in place of files into landing. The
            caller holds the home's writer lock.
        progress: told now and then how far it is.

    Raises:
        ConfigError: landing is no local folder, a period is no month, no designated school is known, or
            (`to_lake`) the home holds received submissions.
    """
    from orchestration.feeds.directory import designated, known_organizations

    years = {m.school_year for m in reporting_months(policy, periods)}
    organizations = known_organizations(settings.lake, EVERYTHING_KNOWN)
    designations = {y: designated(settings.lake, EVERYTHING_KNOWN, y) for y in sorted(years)}
    first = int(min(years)[:4])
    before = [f"{first - n}-{(first - n + 1) % 100:02d}" for n in range(1, YEARS_BEFORE + 1)]
    return simulate_from(
        organizations,
        designations,
        settings,
        policy,
        periods,
        earlier={y: designated(settings.lake, EVERYTHING_KNOWN, y) for y in before},
        leas=leas,
        seed=seed,
        slips=slips,
        to_lake=to_lake,
        progress=progress,
    )


def simulate_from(
    organizations: pd.DataFrame,
    designations: Mapping[str, pd.DataFrame],
    settings: Settings,
    policy: Policy,
    periods: Sequence[str],
    *,
    leas: int | None = None,
    seed: int = 0,
    slips: float = 0.0,
    to_lake: bool = False,
    progress: Progress = lambda _: None,
    earlier: Mapping[str, pd.DataFrame] | None = None,
) -> SimulationReport:
    """`simulate` on frames in hand.

    Args:
        organizations: effective_on, org_id, org_level, lea_id, org_name, status; of each the latest that
            is known counts.
        designations: by school year, org_id, category, reason.
        earlier: the same of years before, which say since when a designation holds.
    """
    if not to_lake and not storage.is_local(settings.landing):
        raise ConfigError(
            f"landing is {settings.landing}; simulate sets the files' times and needs a local folder "
            "(unset INTERLACE_LANDING)"
        )
    if not 0 <= slips <= 1:
        raise ConfigError(f"slips is {slips}; give the share of organization-months that get one, 0 to 1")
    world = World.of(policy, seed, periods, slips)
    all_leas = reporting_leas(organizations, designations, earlier)
    if not all_leas:
        raise ConfigError(
            f"no school with a designation is known for {', '.join(sorted(designations))}; put the state's "
            f"directory and a list of designations that covers those school years into {settings.feeds} first (docs/feeds.md)"
        )
    chosen = sorted(all_leas, key=lambda lea: _order(seed, lea.lea_id))[:leas]
    plans = len({o.org_id for lea in chosen for members in lea.years.values() for o in members})
    progress(f"{len(chosen)} LEAs with {plans} plans, {len(world.months)} months")
    if to_lake:
        entries, found, truths = write_into_lake(world, chosen, organizations, settings, policy, progress)
    else:
        landing = storage.local(settings.landing)
        entries, found, truths = _write_all(world, chosen, landing, settings.workers, progress)
    folder = settings.home / "simulation"
    manifest = merge(folder / "manifest.json", entries, entries)
    planted = folder / "slips.json"
    if slips > 0 or planted.exists():
        merge(planted, found, entries)
    truth = merge_truth(folder / "truth.json", world, truths)
    return SimulationReport(
        leas=len(chosen),
        organizations=plans,
        submissions=len({(e["lea_id"], e["period"]) for e in entries}),
        files=len(entries),
        rows=sum(sum(e["rows"].values()) for e in entries),
        slips=len(found),
        planted=planted if slips > 0 else None,
        truth=truth,
        manifest=manifest,
    )


def _order(seed: int, lea_id: str) -> str:
    return hashlib.sha256(f"{seed}:{lea_id}".encode()).hexdigest()


def _write_all(
    world: World, leas: Sequence[Lea], landing: Path, workers: int, progress: Progress
) -> tuple[list[Entry], list[Entry], list[Entry]]:
    entries: list[Entry] = []
    slips: list[Entry] = []
    truths: list[Entry] = []
    write = partial(_write_lea, world, landing)
    largest_first = sorted(
        leas, key=lambda lea: (-lea.size, lea.lea_id)
    )  # so that no process is left alone with one
    work = sum(lea.size for lea in leas)
    steps, done, told = 40, 0, 0
    for size, files, found, true in over(
        write, largest_first, workers if work * len(world.months) >= WORTH_PROCESSES else 1
    ):
        entries += files
        slips += found
        truths += true
        done += size
        if done * steps // work > told:
            told = done * steps // work
            progress(f"{len(entries):,} files written, {100 * done // work} % of the plans")
    return entries, slips, truths


def _write_lea(world: World, landing: Path, lea: Lea) -> tuple[int, list[Entry], list[Entry], list[Entry]]:
    """Write every file of one LEA; its number of plans, what was written, its slips, and what is true of it."""
    folder = landing / lea.lea_id
    folder.mkdir(parents=True, exist_ok=True)
    entries, slips = [], []
    for submission in lea_submissions(world, lea):
        _write(folder / submission.name, submission)
        entries.append(file_entry(submission))
        slips += [slip_entry(submission, s) for s in submission.slips]
    return lea.size, entries, slips, lea_truth(world, lea)


def _write(path: Path, submission: Submission) -> None:
    if submission.form == "zip":
        data = render_csv_zip(submission.tables)
    else:
        data = render_workbook(
            submission.tables, title=f"Improvement report of LEA {submission.lea_id} for {submission.period}"
        )
    # not storage.write_whole: flushing ten thousand invented files to disk takes longer than making them
    temporary = path.with_name(f"{storage.TEMPORARY}{path.name}")
    temporary.write_bytes(data)
    seconds = submission.received_at.replace(tzinfo=UTC).timestamp()
    os.utime(temporary, (seconds, seconds))
    temporary.replace(path)
